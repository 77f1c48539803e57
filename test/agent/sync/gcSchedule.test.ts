import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { InterceptedStore, unreachable } from "./rig/interceptedStore.ts";
import { Machine, makeHomes, onlyUrl } from "./rig/machine.ts";

const hourMs = 3_600_000;
const days = (count: number) => 24 * count;

describe("a store that is tidied by itself", function () {
  this.timeout(60_000);
  let pool: LoopPool;
  let homes: ReturnType<typeof makeHomes>;
  let clock: ManualClock;
  let memory: MemoryBlobStore;
  let store: InterceptedStore;
  let machine: Machine;
  let project: ProjectRow;
  beforeEach(async () => {
    pool = openLoopPool(512);
    homes = makeHomes();
    clock = new ManualClock();
    memory = new MemoryBlobStore();
    memory.now = () => clock.now();
    store = new InterceptedStore(memory);
    machine = open();
    await machine.sync.setStore({ url: "memory:" }, unattended);
    project = await machine.makeProject("site");
    await makeGarbage();
  });
  afterEach(async () => {
    await machine.close();
    pool.close();
    homes.close();
  });
  const open = () => {
    const place = { home: homes.path("here"), pool: pool.path };
    const opened = new Machine(place, { access: onlyUrl("memory:", store), clock });
    opened.sync.start();
    return opened;
  };
  const snapshot = () => {
    writeFileSync(join(project.path, "file"), randomBytes(100_000));
    return machine.snapshot(project);
  };
  /** A snapshot in the store that no timeline shows any more and that is old enough to go. */
  const makeGarbage = async () => {
    const old = await snapshot();
    await machine.push(project);
    await snapshot();
    await machine.push(project);
    await machine.deleteEntry(old);
    await pass(days(31));
  };
  const pass = async (hours: number) => {
    for (let hour = 0; hour < hours; hour++) {
      clock.pass(hourMs);
      do await turn();
      while (isTidying());
    }
  };
  /** What fails to be pushed counts as work, too, until it is tried again. */
  const isTidying = () => machine.sync.hasWork() && machine.sync.status(null).pushError === null;
  const tidying = () => machine.sync.showStore()?.tidying;
  const manifests = () => memory.keys("manifests/").length;
  const hoursSinceRun = () => (clock.now() - Date.parse(tidying()?.last?.at ?? "")) / hourMs;

  it("is not, unless somebody says so", async () => {
    await pass(days(40));
    assert.deepEqual(tidying(), { everyHours: null, nextAt: null, last: null });
    assert.equal(memory.objects.has("gc/state"), false);
  });

  it("is once to condemn and a day later to delete, and again when the interval has passed", async () => {
    assert.equal(machine.sync.scheduleGc(days(7)).tidying.everyHours, days(7));
    await pass(1);
    assert.equal(hoursSinceRun(), 0);
    assert.ok((tidying()?.last?.condemnedPacks ?? 0) > 0);
    assert.equal(manifests(), 2);
    await pass(23);
    assert.deepEqual([hoursSinceRun(), manifests()], [23, 2]);
    await pass(1);
    assert.deepEqual([hoursSinceRun(), manifests()], [0, 1]);
    assert.ok((tidying()?.last?.deletedBytes ?? 0) > 100_000);
    await pass(days(7) - 1);
    assert.equal(hoursSinceRun(), days(7) - 1);
    await pass(1);
    assert.equal(hoursSinceRun(), 0);
    assert.equal(machine.sync.scheduleGc(null).tidying.everyHours, null);
    await pass(days(20));
    assert.equal(hoursSinceRun(), days(20));
  });

  it("counts what somebody had done by hand", async () => {
    machine.sync.scheduleGc(days(7));
    await machine.sync.care.gc({ dryRun: false, retention: {}, graceHours: 24 }, unattended);
    await pass(23);
    assert.equal(hoursSinceRun(), 23);
    await pass(1);
    assert.deepEqual([hoursSinceRun(), manifests()], [0, 1]);
    await machine.sync.care.gc({ dryRun: true, retention: {}, graceHours: 24 }, unattended);
    assert.equal(hoursSinceRun(), 0);
  });

  it("waits while pushing is paused, and goes on after a start", async () => {
    await machine.sync.pause();
    machine.sync.scheduleGc(days(1));
    await pass(days(3));
    assert.equal(tidying()?.last, null);
    await machine.close();
    machine = open();
    machine.sync.resume();
    await pass(1);
    assert.equal(hoursSinceRun(), 0);
    await pass(10);
    await machine.close();
    machine = open();
    await pass(13);
    assert.equal(hoursSinceRun(), 23);
    await pass(1);
    assert.deepEqual([hoursSinceRun(), manifests()], [0, 1]);
  });

  it("waits while something is still to be pushed", async () => {
    store.before = () => {
      throw unreachable();
    };
    await snapshot();
    await assert.rejects(machine.push(project), { code: "STORE_UNREACHABLE" });
    machine.sync.scheduleGc(days(1));
    for (let hour = 0; hour < 5; hour++) {
      clock.pass(hourMs);
      while (machine.sync.status(null).uploading) await turn();
      await turn();
    }
    assert.equal(tidying()?.last, null);
    store.before = () => undefined;
    await machine.push(project);
    await pass(2);
    assert.notEqual(tidying()?.last, null);
  });

  it("says what went wrong, and tries again an hour later", async () => {
    machine.sync.scheduleGc(days(7));
    store.before = () => {
      throw unreachable();
    };
    await pass(1);
    assert.match(tidying()?.last?.problem ?? "", /does not answer/);
    assert.equal(hoursSinceRun(), 0);
    store.before = () => undefined;
    await pass(1);
    assert.deepEqual([tidying()?.last?.problem, hoursSinceRun()], [null, 0]);
  });

  it("is stopped when the agent ends, and due again at the next start", async () => {
    machine.sync.scheduleGc(days(7));
    const hangs = Promise.withResolvers<undefined>();
    store.before = () => {
      hangs.resolve(undefined);
      return new Promise<never>(() => undefined);
    };
    clock.pass(hourMs);
    await hangs.promise;
    assert.equal(machine.sync.hasWork(), true);
    await machine.close();
    store.before = () => undefined;
    machine = open();
    assert.equal(tidying()?.last, null);
    await pass(1);
    assert.equal(hoursSinceRun(), 0);
  });

  it("needs a store, and knows nothing of another one", async () => {
    machine.sync.scheduleGc(days(7));
    await pass(1);
    memory.objects.clear();
    await machine.sync.setStore({ url: "memory:" }, unattended);
    assert.deepEqual(tidying(), { everyHours: days(7), nextAt: null, last: null });
    const place = { home: homes.path("there"), pool: pool.path };
    const without = new Machine(place, { access: onlyUrl("memory:", store), clock });
    assert.throws(() => without.sync.scheduleGc(24), { code: "STORE_NOT_SET" });
    await without.close();
  });
});
