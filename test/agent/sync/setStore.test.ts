import assert from "node:assert/strict";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { systemClock } from "../../../agent/host/clock.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { storeAccess } from "../../../agent/storeAccess.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { Machine, makeHomes, onlyUrl } from "./rig/machine.ts";

describe("setting a store", function () {
  this.timeout(60_000);
  let pool: LoopPool;
  let homes: ReturnType<typeof makeHomes>;
  let machine: Machine;
  let project: ProjectRow;
  beforeEach(async () => {
    pool = openLoopPool(512);
    homes = makeHomes();
    machine = open();
    machine.sync.start();
    project = await machine.makeProject("site");
    writeFileSync(join(project.path, "file"), "text");
  });
  afterEach(async () => {
    await machine.close();
    pool.close();
    homes.close();
  });
  const open = () =>
    new Machine({ home: homes.path("agent"), pool: pool.path }, { access: storeAccess(systemClock) });
  const url = (name: string) => `dir://${homes.path(name)}`;
  const set = (text: string) => machine.sync.setStore({ url: text }, unattended);
  const durabilities = () => machine.entries.list(project.projectId).map(({ durability }) => durability);

  it("knows none at first, and says so to whoever needs one", async () => {
    const entry = await machine.snapshot(project);
    assert.equal(machine.sync.showStore(), null);
    machine.sync.wake(project.projectId);
    assert.equal(machine.sync.hasWork(), false);
    assert.equal(machine.durability(entry), "local");
    for (const call of [
      () => machine.push(project),
      () => machine.sync.checkStore(unattended),
      () => machine.sync.remote.projects(unattended),
      () => machine.sync.remote.find("site", undefined, unattended),
    ]) {
      await assert.rejects(call, { code: "STORE_NOT_SET" });
    }
  });

  it("pushes what is there already", async () => {
    const entry = await machine.snapshot(project);
    const store = await set(url("store"));
    assert.deepEqual([store.url, store.state, store.conditionalWrites], [url("store"), "ok", true]);
    assert.equal((await machine.push(project)).pending, 0);
    assert.equal(machine.durability(entry), "durable");
    assert.ok(machine.announced.includes('changed/machine {"what":"store"}'));
  });

  it("pushes everything again to another store", async () => {
    await set(url("one"));
    await machine.snapshot(project);
    await machine.push(project);
    await machine.snapshot(project);
    await machine.push(project);
    await set(url("two"));
    const { pending } = await machine.push(project);
    assert.deepEqual([pending, durabilities()], [0, ["durable", "durable"]]);
    rmSync(homes.path("one"), { recursive: true });
    const pulled = await machine.pull("site");
    assert.equal(treeFingerprint(pulled), treeFingerprint(project.path));
  });

  it("keeps what it knows when the same store is set again", async () => {
    await set(url("one"));
    await machine.snapshot(project);
    await machine.push(project);
    const before = machine.entries.list(project.projectId);
    const { lastPushAt } = machine.row(project);
    await set(`${url("one")}/`);
    assert.deepEqual(machine.entries.list(project.projectId), before);
    assert.equal(machine.row(project).lastPushAt, lastPushAt);
  });

  it("pushes everything again to a bucket that was emptied, once it is set again", async () => {
    const bucket = new MemoryBlobStore();
    await machine.close();
    const reopen = () =>
      new Machine({ home: homes.path("agent"), pool: pool.path }, { access: onlyUrl("memory:", bucket) });
    machine = reopen();
    machine.sync.start();
    await set("memory:");
    await machine.snapshot(project);
    await machine.push(project);
    bucket.objects.clear();
    await machine.close();
    machine = reopen();
    machine.sync.start();
    await assert.rejects(machine.sync.remote.projects(unattended), { code: "OBJECT_MISSING" });
    await set("memory:");
    assert.equal((await machine.push(project)).pending, 0);
    assert.ok(existsSync(await machine.pull("site")));
  });

  it("takes a store's folder that is gone for a disk that is absent, not for a new store", async () => {
    await set(url("one"));
    await machine.snapshot(project);
    await machine.push(project);
    rmSync(homes.path("one"), { recursive: true });
    await assert.rejects(set(url("one")), { code: /^STORE_/ });
    assert.equal(existsSync(homes.path("one")), false);
    assert.deepEqual(durabilities(), ["durable"]);
  });

  it("changes nothing when the new one cannot be used", async () => {
    await set(url("one"));
    await machine.snapshot(project);
    await machine.push(project);
    const before = machine.sync.showStore();
    writeFileSync(homes.path("a-file"), "");
    for (const [wrong, code] of [
      ["", "STORE_URL_INVALID"],
      ["ftp://host/path", "STORE_URL_INVALID"],
      ["dir://relative", "STORE_URL_INVALID"],
      [url("a-file"), /^STORE_/],
      [url("a-file/below"), /^STORE_/],
    ] as const) {
      await assert.rejects(set(wrong), { code }, wrong);
    }
    assert.deepEqual(machine.sync.showStore(), before);
    assert.deepEqual(durabilities(), ["durable"]);
  });

  it("remembers the store, and looks at it when it is needed", async () => {
    await set(url("one"));
    await machine.snapshot(project);
    await machine.push(project);
    await machine.close();
    machine = open();
    assert.deepEqual(machine.sync.showStore(), {
      url: url("one"),
      state: "unchecked",
      conditionalWrites: true,
      encrypted: false,
      checkedAt: null,
      message: null,
      paused: false,
      limits: { upload: null, download: null },
      tidying: { everyHours: null, nextAt: null, last: null },
    });
    assert.equal((await machine.sync.checkStore(unattended)).state, "ok");
    assert.equal((await machine.sync.remote.projects(unattended)).length, 1);
  });

  it("finds out that the store is gone, and that it is back", async () => {
    await set(url("one"));
    renameSync(homes.path("one"), homes.path("away"));
    const gone = await machine.sync.checkStore(unattended);
    assert.notEqual(gone.state, "ok");
    assert.notEqual(gone.message, null);
    assert.equal(existsSync(homes.path("one")), false);
    const entry = await machine.snapshot(project);
    await assert.rejects(machine.push(project));
    assert.equal(existsSync(homes.path("one")), false);
    assert.equal(machine.durability(entry), "local");
    renameSync(homes.path("away"), homes.path("one"));
    assert.equal((await machine.sync.checkStore(unattended)).state, "ok");
    assert.equal((await machine.push(project)).pending, 0);
  });

  it("refuses a repository that is not the one it was", async () => {
    await set(url("one"));
    await machine.snapshot(project);
    await machine.push(project);
    await machine.close();
    const other = new Machine(
      { home: homes.path("other"), pool: pool.path },
      { access: storeAccess(systemClock) },
    );
    await other.sync.setStore({ url: url("two") }, unattended);
    await other.close();
    renameSync(homes.path("one"), homes.path("old"));
    renameSync(homes.path("two"), homes.path("one"));
    machine = open();
    machine.sync.start();
    await machine.snapshot(project);
    await assert.rejects(machine.push(project), { code: "OBJECT_MISSING" });
    await set(url("one"));
    assert.equal((await machine.push(project)).pending, 0);
    assert.deepEqual(durabilities(), ["durable", "durable"]);
  });
});
