import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Btrfs } from "../../../agent/volumes/btrfs.ts";
import { openLoopPool } from "../../support/loopPool.ts";
import { processes } from "../../support/processes.ts";

describe("deleting a snapshot that is being sent", function () {
  this.timeout(30_000);

  it("waits until the send has ended", async () => {
    const pool = openLoopPool(512);
    const btrfs = new Btrfs(processes);
    const [volume, snapshot] = [join(pool.path, "volume"), join(pool.path, "snapshot")];
    await btrfs.createSubvolume(volume);
    writeFileSync(join(volume, "file"), randomBytes(16 << 20));
    await btrfs.snapshot(volume, snapshot, { readOnly: true });
    // Nobody reads on: the pipe is full, and the send under way until it is killed.
    const send = spawn("btrfs", ["send", "--quiet", snapshot], { stdio: ["ignore", "pipe", "ignore"] });
    const ended = once(send, "exit");
    try {
      await once(send.stdout, "readable");
      const deletion = btrfs.deleteSnapshot(snapshot);
      await pause(300);
      assert.equal(existsSync(snapshot), true);
      send.kill("SIGKILL");
      await deletion;
      assert.equal(existsSync(snapshot), false);
    } finally {
      send.kill("SIGKILL");
      await ended;
      pool.close();
    }
  });
});
