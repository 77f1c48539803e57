import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { probeStore } from "../../../agent/blobstore/conditionalWriteProbe.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { FaultyBlobStore } from "../../support/faultyBlobStore.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { repositoryKinds, type RepositoryKind } from "../../support/repositoryKinds.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { Machine, makeHomes, onlyUrl } from "./rig/machine.ts";

const dayMs = 24 * 3_600_000;

/** Ignores conditions without a word, as some servers do. */
class HeedlessStore extends MemoryBlobStore {
  override put(key: string, bytes: Uint8Array, { signal }: { signal: AbortSignal }) {
    return super.put(key, bytes, { signal });
  }
}

for (const kind of repositoryKinds) {
  describe(`a store that ignores conditions, with ${kind.name}`, function () {
    ofOneMachine.call(this, kind);
  });
}

function ofOneMachine(this: Mocha.Suite, kind: RepositoryKind): void {
  this.timeout(60_000);
  let pool: LoopPool;
  let homes: ReturnType<typeof makeHomes>;
  let memory: HeedlessStore;
  let store: FaultyBlobStore;
  let now: number;
  let machine: Machine;
  let project: ProjectRow;
  const open = async (name: string) => {
    const access = { ...onlyUrl(memory.url, store), probe: probeStore };
    const opened = new Machine({ home: homes.path(name), pool: pool.path }, { access });
    opened.sync.start();
    await opened.sync.setStore({ url: memory.url, ...kind.choice }, unattended);
    return opened;
  };
  beforeEach(async () => {
    pool = openLoopPool(512);
    homes = makeHomes();
    memory = new HeedlessStore();
    store = new FaultyBlobStore(memory);
    now = Date.now();
    memory.now = () => now;
    machine = await open("here");
    project = await machine.makeProject("site");
  });
  afterEach(async () => {
    await machine.close();
    pool.close();
    homes.close();
  });

  const pushed = async (of = machine, into = project) => {
    writeFileSync(join(into.path, "file"), randomBytes(100_000));
    const entry = await of.snapshot(into);
    assert.equal((await of.push(into)).pending, 0);
    return entry;
  };
  const gc = (of = machine) => {
    const retention = { days: 0, last: 0, daily: 0, weekly: 0, monthly: 0 };
    return of.sync.care.gc({ dryRun: false, retention, graceHours: 24 }, unattended);
  };

  it("is found out, and said", () => {
    assert.equal(machine.sync.showStore()?.conditionalWrites, false);
  });

  it("is pushed to, tidied and restored from by the one machine that writes it", async () => {
    const passing = await pushed();
    const kept = await pushed();
    await machine.deleteEntry(passing);
    now += 2 * dayMs;
    assert.equal((await gc()).condemned.manifests, 1);
    const meanwhile = await pushed();
    now += 2 * dayMs;
    assert.equal((await gc()).deleted.manifests, 1);
    const after = await pushed();
    for (const entry of [kept, meanwhile, after]) {
      const path = await machine.pull("site", entry.snapshotId);
      assert.equal(treeFingerprint(path), treeFingerprint(machine.pathOf(entry)));
      await machine.btrfs.deleteSubvolume(path);
    }
    const { whole, damaged } = await machine.sync.care.verify(null, 1, unattended);
    assert.deepEqual([whole, damaged], [3, []]);
  });

  it("is not tidied by a machine when another one writes it, too", async () => {
    await pushed();
    const other = await open("there");
    try {
      const theirs = await other.makeProject("theirs");
      for (const each of [machine, other]) {
        await pushed(other, theirs);
        await assert.rejects(gc(each), { code: "GC_REFUSED", message: /no conditional writes/ });
      }
    } finally {
      await other.close();
    }
  });

  it("keeps a snapshot local whose ref it may or may not have taken, and takes it the next time", async () => {
    await pushed();
    const lost = store.inject({ on: "put", key: /^refs/, times: 1, fault: { kind: "lose" } });
    const blind = store.inject({ on: "get", key: /^refs/, from: 2, times: 1, fault: { kind: "fail" } });
    writeFileSync(join(project.path, "file"), "again");
    const entry = await machine.snapshot(project);
    await assert.rejects(machine.push(project), { code: "STORE_UNREACHABLE" });
    assert.deepEqual([lost.hits, blind.hits], [1, 1]);
    assert.equal(machine.durability(entry), "local");
    assert.equal((await machine.push(project)).pending, 0);
    assert.ok(await machine.pull("site", entry.snapshotId));
  });
}
