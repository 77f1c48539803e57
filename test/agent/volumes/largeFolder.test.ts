import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { unattended } from "../../../agent/host/longCall.ts";
import { Btrfs } from "../../../agent/volumes/btrfs.ts";
import { compareSnapshots } from "../../../agent/volumes/comparison/compareSnapshots.ts";
import { RootPrivileged } from "../../../agent/volumes/privileged/rootPrivileged.ts";
import { openLoopPool, type LoopPool } from "../../support/loopPool.ts";
import { processes } from "../../support/processes.ts";

describe("a folder of very many files", function () {
  this.timeout(120_000);
  let pool: LoopPool;
  before(() => (pool = openLoopPool(512)));
  after(() => pool.close());

  it("can be compared", async () => {
    const btrfs = new Btrfs(processes);
    const [live, from, to] = ["live", "from", "to"].map((name) => join(pool.path, name)) as [
      string,
      string,
      string,
    ];
    await btrfs.createSubvolume(live);
    await btrfs.snapshot(live, from, { readOnly: true });
    execFileSync("bash", ["-ec", "mkdir many; cd many; seq 150000 | xargs touch"], { cwd: live });
    await btrfs.snapshot(live, to, { readOnly: true });
    const changes = await compareSnapshots(new RootPrivileged(processes), { from, to }, unattended);
    assert.equal(changes.length, 150_001);
  });
});
