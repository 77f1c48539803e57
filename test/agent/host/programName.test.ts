import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";
import { programName } from "../../../agent/host/programName.ts";

describe("the name of a program", () => {
  it("is that of its file", async () => {
    assert.equal(await programName(process.pid), basename(process.execPath));
    const child = spawn("bash", ["-c", "read"], { stdio: ["pipe", "ignore", "inherit"] });
    await once(child, "spawn");
    assert.equal(await programName(child.pid ?? 0), "bash");
    child.kill("SIGKILL");
    await once(child, "exit");
  });

  it("is none once it is gone", async () => {
    const child = spawn("true", { stdio: "ignore" });
    await once(child, "exit");
    assert.equal(await programName(child.pid ?? 0), null);
  });
});
