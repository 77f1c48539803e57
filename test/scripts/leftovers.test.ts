import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeLeftovers } from "../../scripts/test/leftovers.mjs";

describe("what a test run leaves behind", () => {
  it("is found and ended, however far it has gone from its parent", async () => {
    const mark = `FORKPOINT_TEST_MARK=${randomUUID()}`;
    const folder = mkdtempSync(join(tmpdir(), "left-"));
    const [name = "", value = ""] = mark.split("=");
    const daemon = spawn("sleep", ["600"], {
      detached: true,
      stdio: "ignore",
      env: { ...process.env, [name]: value },
    });
    await once(daemon, "spawn");
    const ended = once(daemon, "exit");
    assert.deepEqual(removeLeftovers({ folder, mark }), [`process ${daemon.pid}: sleep 600`]);
    await ended;
    assert.equal(existsSync(folder), false);
  });

  it("is nothing after a run that cleaned up", () => {
    const folder = mkdtempSync(join(tmpdir(), "left-"));
    assert.deepEqual(removeLeftovers({ folder, mark: `FORKPOINT_TEST_MARK=${randomUUID()}` }), []);
  });
});
