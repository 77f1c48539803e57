import assert from "node:assert/strict";
import type { EntryRow } from "../../../agent/catalog/entryRow.ts";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { isStored } from "../../../agent/catalog/entryRow.ts";
import { ForkpointError } from "../../../agent/protocol/errors.ts";
import type { LongCall } from "../../../agent/host/longCall.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { seededRandom } from "../../support/randomEdits.ts";
import { repositoryKinds, type RepositoryKind } from "../../support/repositoryKinds.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { Disturbance, DisturbedStore } from "../repository/garbage/rig/disturbedStore.ts";
import { editContents } from "./rig/editContents.ts";
import { InterceptedStore } from "./rig/interceptedStore.ts";
import type { Machine } from "./rig/machine.ts";
import { openTwoMachines } from "./rig/twoMachines.ts";

const rounds = Number(process.env["FORKPOINT_TROUBLE_ROUNDS"] ?? 2);
const first = Number(process.env["FORKPOINT_TROUBLE_SEED"] ?? 1);
const dayMs = 24 * 3_600_000;

for (const kind of repositoryKinds) {
  describe(`two machines with real file systems and ${kind.name} whose store fails`, function () {
    this.timeout(0);

    it(`restore all that they call durable, in ${rounds} rounds`, async () => {
      for (let seed = first; seed < first + rounds; seed++) {
        try {
          assert.ok((await round(kind, seed)) > 0);
        } catch (thrown) {
          throw new Error(`FORKPOINT_TROUBLE_SEED=${seed} FORKPOINT_TROUBLE_ROUNDS=1`, { cause: thrown });
        }
      }
    });
  });
}

/** Gives how many snapshots were restored in the end. */
async function round(kind: RepositoryKind, seed: number): Promise<number> {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const memory = new MemoryBlobStore();
  let now = Date.now();
  memory.now = () => now;
  const disturbance = new Disturbance(seededRandom(seed + 1_000_000));
  /** What stands before each machine's store; another for each operation. */
  const stores = { here: new InterceptedStore(memory), there: new InterceptedStore(memory) };
  const both = await openTwoMachines(stores, { here: 512, there: 512 }, kind);
  const prints = new Map<string, string>();
  const projects = new Map<Machine, ProjectRow>();

  /** Does it over a store that goes wrong; whatever fails must fail as the faults explain. */
  const troubled = async (name: "here" | "there", work: (call: LongCall) => Promise<unknown>) => {
    const controller = new AbortController();
    const disturbed = new DisturbedStore(memory, disturbance, () => controller.abort());
    stores[name].replaceBelow(disturbed);
    disturbance.rate = [0, 0.02, 0.06][below(3)] ?? 0;
    try {
      await work({ signal: controller.signal, report: () => undefined });
    } catch (thrown) {
      const isCalm = thrown instanceof ForkpointError && /^(GC_|CANCELLED)/.test(thrown.code);
      if (!isCalm && !disturbed.explains(thrown)) throw thrown;
    } finally {
      disturbance.rate = 0;
      stores[name].replaceBelow(memory);
    }
  };
  const snapshot = async (machine: Machine): Promise<EntryRow> => {
    const project =
      projects.get(machine) ?? (await machine.makeProject(machine === both.here ? "one" : "two"));
    projects.set(machine, project);
    editContents(project.path, random, 10);
    const entry = await machine.snapshot(project);
    prints.set(entry.snapshotId, treeFingerprint(machine.pathOf(entry)));
    return entry;
  };
  const entriesOf = (machine: Machine) => {
    const project = projects.get(machine);
    return project ? machine.entries.list(project.projectId) : [];
  };
  const stored = (machine: Machine) => entriesOf(machine).filter(isStored);

  try {
    for (let turn = 0; turn < 24; turn++) {
      const name = below(3) === 0 ? "there" : "here";
      const machine = both[name];
      const project = projects.get(machine);
      const what = below(9);
      if (what <= 2 || !project) {
        await snapshot(machine);
        const made = projects.get(machine);
        if (made) await troubled(name, () => machine.push(made));
      } else if (what === 3) await troubled(name, () => machine.push(project));
      else if (what === 4) await troubled(name, (call) => machine.sync.care.verify(null, 1 + below(2), call));
      else if (what === 5) await troubled(name, (call) => machine.sync.care.repair({ dryRun: false }, call));
      else if (what === 6) {
        const oldest = entriesOf(machine).at(-1);
        if (oldest && entriesOf(machine).length > 1) await machine.deleteEntry(oldest);
      } else {
        now += below(2) * dayMs;
        const policy = { retention: { days: 0, last: 1 }, graceHours: 12 };
        await troubled(name, (call) => machine.sync.care.gc({ dryRun: false, ...policy }, call));
      }
    }
    // The trouble is over: all that is here gets there, and what was called durable before is no less so.
    for (const [machine, project] of projects) {
      assert.equal((await machine.push(project)).pending, 0);
      await machine.sync.care.keep(new AbortController().signal);
    }
    for (const [machine, project] of projects) assert.equal((await machine.push(project)).pending, 0);
    let restored = 0;
    for (const machine of [both.here, both.there]) {
      const other = machine === both.here ? both.there : both.here;
      for (const { projectId, snapshotId, manifestDigest } of stored(machine)) {
        const path = await other.pullManifest(projectId, manifestDigest ?? "");
        assert.equal(treeFingerprint(path), prints.get(snapshotId), snapshotId);
        await other.btrfs.deleteSubvolume(path);
        restored++;
      }
    }
    return restored;
  } finally {
    await both.close();
  }
}
