import assert from "node:assert/strict";
import { join } from "node:path";
import { neverCrash } from "../../../agent/host/crashPoints.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { silentLog } from "../../../agent/host/log.ts";
import { Btrfs } from "../../../agent/volumes/btrfs.ts";
import { makeEqual } from "../../../agent/volumes/inPlace/makeEqual.ts";
import { NoPrivileges } from "../../../agent/volumes/privileged/noPrivileges.ts";
import { RootPrivileged } from "../../../agent/volumes/privileged/rootPrivileged.ts";
import { everyKindOfEntry } from "../../support/everyKindOfEntry.ts";
import { openLoopPool, type LoopPool } from "../../support/loopPool.ts";
import { randomEdits, seededRandom } from "../../support/randomEdits.ts";
import { listVolume } from "../../support/volumeListing.ts";
import { processes } from "../../support/processes.ts";

const ways = [new RootPrivileged(processes), new NoPrivileges(processes, silentLog)];

for (const privileged of ways)
  describe(`making one path of a volume equal to a snapshot (${privileged.mode})`, () => {
    const btrfs = new Btrfs(processes);
    const parts = { processes, privileged, crashPoint: neverCrash };
    let pool: LoopPool;
    before(() => {
      pool = openLoopPool();
    });
    after(() => {
      pool.close();
    });

    /** What a restore of paths keeps: all but which names share a file, and the times of folders. */
    const list = (root: string) =>
      new Map(
        [...listVolume(root)].map(([path, text]) => {
          const details = JSON.parse(text) as Record<string, unknown>;
          const { type, mtime } = details;
          return [
            path,
            JSON.stringify({ ...details, sameInodeAs: null, mtime: type === "d" ? null : mtime }),
          ];
        }),
      );

    for (const seed of [1, 2, 3, 4, 5, 6]) {
      it(`leaves all else as it was, whatever was edited (seed ${seed})`, async function () {
        this.timeout(180_000);
        const live = join(pool.path, `live-${seed}`);
        await btrfs.createSubvolume(live);
        let taken = 0;
        const snapshot = async () => {
          const path = join(pool.path, `snapshot-${seed}-${++taken}`);
          await btrfs.snapshot(live, path, { readOnly: true });
          return path;
        };
        everyKindOfEntry(live);
        const target = await snapshot();
        const wanted = list(target);
        randomEdits(live, 40, seed);
        const random = seededRandom(seed);
        for (let round = 0; round < 6; round++) {
          const current = await snapshot();
          const before = list(current);
          const names = [...new Set([...wanted.keys(), ...before.keys()])].filter(Boolean);
          const chosen = names[Math.floor(random() * names.length)] ?? "";
          const paths = [Buffer.from(chosen, "latin1")];
          await makeEqual(parts, { live, current, target, paths }, unattended);
          const after = list(live);
          const isInside = (path: string) => path === chosen || path.startsWith(`${chosen}/`);
          const inside = (all: Map<string, string>) => [...all].filter(([path]) => isInside(path));
          assert.deepEqual(inside(after), inside(wanted), `round ${round}: ${chosen}`);
          // Folders on the way are made where they are missing, in place of whatever else has their name.
          const isMade = (path: string) =>
            chosen.startsWith(`${path}/`) && before.get(path)?.startsWith('{"type":"d"') !== true;
          const around = (all: Map<string, string>) =>
            [...all].filter(([path]) => path !== "" && !isInside(path) && !isMade(path));
          const [outside, kept] = [around(after), around(before)];
          assert.deepEqual(outside, kept, `round ${round}: around ${chosen}`);
        }
      });
    }
  });
