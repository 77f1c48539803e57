import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { unattended } from "../../../../agent/host/longCall.ts";
import { silentLog } from "../../../../agent/host/log.ts";
import { Holdings } from "../../../../agent/timeline/sizes/holdings.ts";
import { Btrfs } from "../../../../agent/volumes/btrfs.ts";
import { readExtentChanges } from "../../../../agent/volumes/extents/extentChanges.ts";
import { NoPrivileges } from "../../../../agent/volumes/privileged/noPrivileges.ts";
import type { Privileged } from "../../../../agent/volumes/privileged/privileged.ts";
import { RootPrivileged } from "../../../../agent/volumes/privileged/rootPrivileged.ts";
import { type LoopPool, openLoopPool } from "../../../support/loopPool.ts";
import { processes } from "../../../support/processes.ts";

const mib = 2 ** 20;

describe("what deleting frees, told without root", function () {
  this.timeout(120_000);
  const btrfs = new Btrfs(processes);
  let pool: LoopPool;
  const snapshots: string[] = [];

  before(async () => {
    pool = openLoopPool(1024);
    const live = join(pool.path, "live");
    await btrfs.createSubvolume(live);
    const steps = [
      "head -c 8M /dev/urandom > db; head -c 3M /dev/urandom > a; seq 400000 > text",
      "dd if=/dev/urandom of=db bs=64K count=1 seek=9 conv=notrunc status=none; mkdir many; seq 99000 | split -l 900 - many/",
      "rm a; head -c 2M /dev/urandom > b",
      "rm -r text many b; dd if=/dev/urandom of=db bs=64K count=1 seek=50 conv=notrunc status=none",
      "rm db",
      "true",
    ];
    for (const [at, script] of steps.entries()) {
      execFileSync("bash", ["-ec", script], { cwd: live });
      const path = join(pool.path, `snapshot-${at}`);
      await btrfs.snapshot(live, path, { readOnly: true });
      snapshots.push(path);
    }
  });
  after(() => pool.close());

  async function holdings(privileged: Privileged): Promise<Holdings> {
    const changes = [];
    for (const [at, to] of snapshots.entries()) {
      const from = snapshots[at - 1];
      const found = from && (await readExtentChanges({ processes, privileged }, { from, to }, unattended));
      changes.push(found ? found.extents : []);
    }
    const nobody = { sharedAt: new Set<number>(), sharedBase: false };
    return new Holdings({ length: snapshots.length, changes, ...nobody });
  }

  it("comes near what btrfs says, and never far above", async () => {
    const exact = await holdings(new RootPrivileged(processes));
    const told = await holdings(new NoPrivileges(processes, silentLog));
    let most = 0;
    for (const gone of [[0], [1], [2], [3], [1, 2], [0, 1], [1, 2, 3], [0, 1, 2, 3], [0, 1, 2, 3, 4]]) {
      const { bytes: wanted } = exact.freedBy(new Set(gone), new Set());
      const { bytes: found } = told.freedBy(new Set(gone), new Set());
      const apart = `${gone.join(" ")}: ${found} for ${wanted}`;
      assert.ok(found <= wanted * 1.1 + mib / 4, `too much, ${apart}`);
      assert.ok(found >= wanted * 0.7 - mib, `too little, ${apart}`);
      most = Math.max(most, wanted);
    }
    assert.ok(most > 12 * mib, String(most));
  });
});
