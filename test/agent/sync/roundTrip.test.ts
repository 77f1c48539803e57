import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../agent/host/longCall.ts";
import { everyKindOfEntry } from "../../support/everyKindOfEntry.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { listVolume } from "../../support/volumeListing.ts";
import { Machine, makeHomes, onlyUrl } from "./rig/machine.ts";

describe("pushing to a store and pulling from it", function () {
  this.timeout(120_000);
  let here: LoopPool;
  let there: LoopPool;
  let homes: ReturnType<typeof makeHomes>;
  let store: MemoryBlobStore;
  let machine: Machine;
  let other: Machine;
  beforeEach(async () => {
    here = openLoopPool();
    there = openLoopPool();
    homes = makeHomes();
    store = new MemoryBlobStore();
    const openStore = onlyUrl("memory:", store);
    machine = new Machine({ home: homes.path("here"), pool: here.path }, { openStore });
    other = new Machine({ home: homes.path("there"), pool: there.path }, { openStore });
    for (const each of [machine, other]) {
      each.sync.start();
      await each.sync.setStore("memory:", unattended);
    }
  });
  afterEach(async () => {
    await machine.close();
    await other.close();
    here.close();
    there.close();
    homes.close();
  });

  const assertSame = (expected: string, found: string) => {
    assert.deepEqual(Object.fromEntries(listVolume(found)), Object.fromEntries(listVolume(expected)));
    assert.equal(treeFingerprint(found), treeFingerprint(expected));
  };

  it("rebuilds every kind of entry on another pool, from the store alone", async () => {
    const project = await machine.makeProject("site");
    everyKindOfEntry(project.path);
    const entry = await machine.snapshot(project);
    const { pending, pushed } = await machine.push(project);
    assert.deepEqual([pending, pushed.map((each) => each.snapshotId)], [0, [entry.snapshotId]]);
    assertSame(machine.pathOf(entry), await other.pull("site"));
  });

  it("pushes a change against what is there, and rebuilds each snapshot", async () => {
    const project = await machine.makeProject("site");
    everyKindOfEntry(project.path);
    const first = await machine.snapshot(project);
    await machine.push(project);
    writeFileSync(join(project.path, "plain"), "another");
    rmSync(join(project.path, "three"));
    const before = store.puts.length;
    const second = await machine.snapshot(project);
    await machine.push(project);
    const kinds = store.puts.slice(before).map(({ key }) => key.split("/", 1)[0]);
    assert.deepEqual(kinds.toSorted(), ["index", "manifests", "packs", "packs", "refs"]);
    assertSame(machine.pathOf(second), await other.pull("site"));
    assertSame(machine.pathOf(first), await other.pull("site", first.snapshotId));
  });
});
