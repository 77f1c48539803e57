import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { extensionApi } from "../support/openProject.ts";

describe("a test in the editor", () => {
  it("is not failed by what an extension of the editor's own throws meanwhile", async () => {
    const api = await extensionApi();
    await eventually("a window without a pool", () => api.state.kind === "no-pool");
    const thrown = new Error("write EPIPE");
    thrown.stack = `${thrown.message}\n    at Socket.end (/opt/editor/lib/vscode/extensions/git/dist/main.js:66:494)`;
    setTimeout(() => {
      throw thrown;
    });
    await pause(100);
  });
});
