import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { ManualClock } from "../../support/manualClock.ts";
import type { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { repositoryKinds, sealingOf } from "../../support/repositoryKinds.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import type { InterceptedStore } from "./rig/interceptedStore.ts";
import { Machine, onlyUrl } from "./rig/machine.ts";
import { openOneMachine, type OneMachine } from "./rig/oneMachine.ts";
import { blobsStoredTwice } from "./rig/storedTwice.ts";

const mib = 1024 * 1024;
const forever = new Promise<never>(() => undefined);

describe("pushing that is paused", function () {
  this.timeout(60_000);
  let opened: OneMachine;
  let memory: MemoryBlobStore;
  let store: InterceptedStore;
  let machine: Machine;
  let project: ProjectRow;
  beforeEach(async () => {
    opened = openOneMachine(new ManualClock());
    ({ memory, store } = opened);
    machine = opened.open();
    project = await machine.makeProject("site");
  });
  afterEach(async () => {
    await machine.close();
    opened.close();
  });
  const setStore = () => machine.sync.setStore({ url: "memory:" }, unattended);
  const snapshot = async (bytes: number) => {
    writeFileSync(join(project.path, "file"), randomBytes(bytes));
    return machine.snapshot(project);
  };
  const wake = () => machine.sync.wake(project.projectId);
  const idle = async () => {
    while (machine.sync.hasWork()) await turn();
  };
  /** Wakes the uploads and waits until the `nth` pack is being written, which is never answered. */
  const hangAtPack = async (nth: number) => {
    const events = new EventEmitter();
    let packs = 0;
    store.before = (operation, key) => {
      if (operation !== "put" || !key.startsWith("packs/") || ++packs < nth) return undefined;
      events.emit("hangs");
      return forever;
    };
    const hangs = once(events, "hangs");
    wake();
    await hangs;
    // The packs before it are in the store.
    while (memory.keys("packs/").length < nth - 1) await turn();
    store.before = () => undefined;
  };

  for (const kind of repositoryKinds) {
    it(`stops at once though the store never answers, and sends nothing twice to ${kind.name}`, async () => {
      await machine.sync.setStore({ url: "memory:", ...kind.choice }, unattended);
      const entry = await snapshot(50 * mib);
      await hangAtPack(4);
      const paused = await machine.sync.pause();
      assert.equal(paused.paused, true);
      assert.equal(machine.durability(entry), "local");
      assert.deepEqual([...memory.keys("manifests/"), ...memory.keys("refs/"), ...memory.keys("index/")], []);
      assert.equal(memory.keys("packs/").length, 3);
      assert.equal(machine.sync.resume().paused, false);
      await idle();
      assert.equal(machine.durability(entry), "durable");
      assert.deepEqual(await blobsStoredTwice(memory, await sealingOf(kind, memory)), []);
      const pulled = await machine.pull("site");
      assert.equal(treeFingerprint(pulled), treeFingerprint(machine.pathOf(entry)));
    });
  }

  it("forgets what it sent when that was deleted from the store meanwhile", async () => {
    await setStore();
    const entry = await snapshot(30 * mib);
    await hangAtPack(3);
    await machine.sync.pause();
    memory.objects.delete(memory.keys("packs/")[0] ?? "");
    machine.sync.resume();
    await idle();
    assert.equal(machine.durability(entry), "durable");
    const pulled = await machine.pull("site");
    assert.equal(treeFingerprint(pulled), treeFingerprint(machine.pathOf(entry)));
  });

  it("stays paused after a start, and says so to whoever pushes", async () => {
    await setStore();
    await machine.sync.pause();
    const entry = await snapshot(10);
    wake();
    await machine.close();
    machine = opened.open();
    wake();
    await machine.sync.checkStore(unattended);
    await machine.sync.setStore({ url: "memory:" }, unattended);
    assert.deepEqual([machine.sync.hasWork(), machine.durability(entry)], [false, "local"]);
    await assert.rejects(machine.push(project), { code: "PUSH_PAUSED" });
    assert.equal(machine.sync.showStore()?.paused, true);
    machine.sync.resume();
    await idle();
    assert.equal(machine.durability(entry), "durable");
    assert.equal(machine.sync.showStore()?.paused, false);
  });

  it("ends the wait of whoever waits for a push", async () => {
    await setStore();
    await snapshot(30 * mib);
    const waiting = machine.push(project);
    const ended = assert.rejects(waiting, { code: "PUSH_PAUSED" });
    await hangAtPack(1);
    await machine.sync.pause();
    await ended;
  });

  it("keeps nothing but pushes from the store", async () => {
    await setStore();
    const entry = await snapshot(2 * mib);
    await machine.push(project);
    await machine.sync.pause();
    const later = await snapshot(10);
    wake();
    const { care } = machine.sync;
    assert.equal((await care.verify(null, 1, unattended)).whole, 1);
    assert.equal((await care.repair({ dryRun: false }, unattended)).left.length, 0);
    await care.gc({ dryRun: false, retention: {}, graceHours: 24 }, unattended);
    assert.equal(treeFingerprint(await machine.pull("site")), treeFingerprint(machine.pathOf(entry)));
    assert.equal(machine.durability(later), "local");
  });

  it("repairs what it can, and pushes again once it is resumed", async () => {
    await setStore();
    const entry = await snapshot(2 * mib);
    await machine.push(project);
    await machine.sync.pause();
    for (const key of memory.keys("packs/")) memory.objects.delete(key);
    const report = await machine.sync.care.repair({ dryRun: false }, unattended);
    assert.deepEqual([report.pushedAgain.length, report.left.length], [1, 1]);
    machine.sync.resume();
    await idle();
    assert.equal(machine.durability(entry), "durable");
    assert.equal((await machine.sync.care.verify(null, 1, unattended)).damaged.length, 0);
  });

  it("needs a store", async () => {
    const without = new Machine(
      { home: opened.homes.path("there"), pool: opened.pool },
      { access: onlyUrl("memory:", store) },
    );
    await assert.rejects(without.sync.pause(), { code: "STORE_NOT_SET" });
    assert.throws(() => without.sync.resume(), { code: "STORE_NOT_SET" });
    await without.close();
  });
});
