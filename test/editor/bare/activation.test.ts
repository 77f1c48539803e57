import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { readEndpoint } from "../../../agent/protocol/client/readEndpoint.ts";
import { forkpointHome } from "../../../agent/protocol/home.ts";
import { eventually } from "../support/eventually.ts";
import { extensionApi } from "../support/openProject.ts";

describe("the extension on a machine without a pool", () => {
  const extension = () => vscode.extensions.getExtension("forkpoint.forkpoint");

  it("activates by itself", async function () {
    await eventually("the active extension", () => extension()?.isActive);
    const { activatedInMs } = await extensionApi();
    if (this.test) this.test.title += `, in ${activatedInMs.toFixed(1)} ms`;
  });

  it("registers every command that its manifest names", async () => {
    const manifest = extension()?.packageJSON as { contributes: { commands: { command: string }[] } };
    const known = new Set(await vscode.commands.getCommands(true));
    const missing = manifest.contributes.commands
      .map(({ command }) => command)
      .filter((id) => !known.has(id));
    assert.deepEqual(missing, []);
  });

  it("starts its own agent, and asks for a pool", async () => {
    const api = await extensionApi();
    await eventually("a window without a pool", () => api.state.kind === "no-pool");
    assert.equal(existsSync(join(forkpointHome(process.env), "agent.json")), true);
    assert.equal(api.status.word, "Set up");
    assert.equal(api.status.commands[0], "forkpoint.createPool");
  });

  it("changes nothing when a command needs what is not there yet", async () => {
    for (const command of ["takeSnapshot", "restoreWorkspace", "undoRestore", "forkFromNow", "pushNow"]) {
      assert.equal(await vscode.commands.executeCommand(`forkpoint.${command}`), undefined, command);
    }
  });

  it("says on another system that it needs Linux, shows the way, and does nothing else", async () => {
    const api = await extensionApi();
    const { platform } = process;
    try {
      Object.defineProperty(process, "platform", { value: "darwin" });
      // The window finds out again where it stands when its connection changes.
      const agent = await readEndpoint(forkpointHome(process.env));
      assert.ok(agent);
      process.kill(agent.pid, "SIGKILL");
      await eventually("a window on another system", () => api.state.kind === "unsupported-platform");
      assert.equal(api.status.word, "Needs Linux");
      assert.equal(api.status.commands[0], "forkpoint.showLinuxHelp");
      assert.equal(await vscode.commands.executeCommand("forkpoint.createPool"), undefined);
    } finally {
      Object.defineProperty(process, "platform", { value: platform });
    }
    await eventually("a window without a pool", () => api.state.kind === "no-pool");
  });
});
