import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { unattended } from "../../../agent/host/longCall.ts";
import { openLoopPool } from "../../support/loopPool.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { randomEdits, seededRandom } from "../../support/randomEdits.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { Machine, makeHomes, onlyUrl } from "./rig/machine.ts";
import { editContents } from "./rig/editContents.ts";

describe("a history of random edits", function () {
  this.timeout(300_000);

  for (const seed of [1, 2, 3]) {
    it(`comes back snapshot by snapshot (seed ${seed})`, async () => {
      const here = openLoopPool();
      const there = openLoopPool();
      const homes = makeHomes();
      const store = new MemoryBlobStore();
      const access = onlyUrl("memory:", store);
      const machine = new Machine({ home: homes.path("here"), pool: here.path }, { access });
      const other = new Machine({ home: homes.path("there"), pool: there.path }, { access });
      try {
        machine.sync.start();
        for (const each of [machine, other]) await each.sync.setStore({ url: "memory:" }, unattended);
        const project = await machine.makeProject("site");
        const random = seededRandom(seed);
        const prints = new Map<string, string>();
        for (let round = 0; round < 8; round++) {
          editContents(project.path, random, round === 0 ? 60 : 25);
          randomEdits(project.path, 15, seed * 100 + round);
          const entry = await machine.snapshot(project);
          prints.set(entry.snapshotId, digest(treeFingerprint(machine.pathOf(entry))));
          await machine.push(project);
        }
        for (const [snapshotId, print] of prints) {
          const pulled = await other.pull("site", snapshotId);
          assert.equal(digest(treeFingerprint(pulled)), print, `snapshot ${snapshotId}`);
          await other.btrfs.deleteSubvolume(pulled);
        }
      } finally {
        await machine.close();
        await other.close();
        here.close();
        there.close();
        homes.close();
      }
    });
  }
});

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
