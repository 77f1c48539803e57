import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import type { Secret } from "../../../agent/protocol/store.ts";
import { plainConfig } from "../../../agent/repository/config.ts";
import { sealObject } from "../../../agent/repository/jsonObject.ts";
import type { StoreChoice } from "../../../agent/sync/store/storeKeeper.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { Machine, makeHomes, onlyUrl } from "./rig/machine.ts";

const url = "memory:";
const keyFile = (fill: number): Secret => ({ keyFile: Buffer.alloc(32, fill).toString("base64") });
const words: Secret = { passphrase: "correct horse battery staple" };

describe("an encrypted store", function () {
  this.timeout(60_000);
  let pool: LoopPool;
  let homes: ReturnType<typeof makeHomes>;
  let store: MemoryBlobStore;
  let isForeign: boolean;
  let machine: Machine;
  let project: ProjectRow;
  beforeEach(async () => {
    pool = openLoopPool(512);
    homes = makeHomes();
    store = new MemoryBlobStore();
    isForeign = false;
    machine = open();
    project = await machine.makeProject("site");
    writeFileSync(join(project.path, "file"), "text");
  });
  afterEach(async () => {
    await machine.close();
    pool.close();
    homes.close();
  });
  const open = (at: MemoryBlobStore = store) => {
    const access = { ...onlyUrl(url, at), isForeign: () => isForeign };
    const opened = new Machine({ home: homes.path("agent"), pool: pool.path }, { access });
    opened.sync.start();
    return opened;
  };
  const reopen = async (at?: MemoryBlobStore) => {
    await machine.close();
    machine = open(at);
  };
  const set = (choice: Omit<StoreChoice, "url"> = {}) =>
    machine.sync.setStore({ url, ...choice }, unattended);
  const unlock = (secret: Secret, remember = false) => machine.sync.unlockStore(secret, remember, unattended);
  const state = () => machine.sync.showStore()?.state;
  const kept = () => {
    const folder = join(homes.path("agent"), "keys");
    return existsSync(folder) ? readdirSync(folder) : [];
  };
  /** Once the start has looked for the key. */
  const stateAfterStart = async () => {
    await machine.sync.checkStore(unattended);
    return state();
  };

  it("says that it is, and is used as every other", async () => {
    const shown = await set({ secret: words });
    assert.deepEqual([shown.encrypted, shown.state], [true, "ok"]);
    const entry = await machine.snapshot(project);
    await machine.push(project);
    assert.equal(machine.durability(entry), "durable");
    assert.ok(await machine.pull("site"));
  });

  it("is the rule where others keep what is in it, unless a plain one was chosen or is there", async () => {
    isForeign = true;
    await assert.rejects(set(), { code: "KEY_NEEDED" });
    assert.deepEqual([...store.objects.keys()], []);
    assert.equal(machine.sync.showStore(), null);
    assert.equal((await set({ encrypt: false })).encrypted, false);
    await reopen();
    assert.equal((await set()).encrypted, false);
    await assert.rejects(set({ encrypt: true }), { code: "REPOSITORY_PLAIN" });
    await assert.rejects(set({ secret: words }), { code: "REPOSITORY_PLAIN" });
  });

  it("takes no passphrase that is easily guessed, and none where it is to be plain", async () => {
    await assert.rejects(set({ secret: { passphrase: "1234567" } }), { code: "BAD_REQUEST" });
    await assert.rejects(set({ encrypt: false, secret: words }), { code: "BAD_REQUEST" });
    assert.deepEqual([...store.objects.keys()], []);
  });

  it("is locked after the agent ended, says so by itself, and lets no upload fail again and again", async () => {
    await set({ secret: words });
    await reopen();
    await machine.sync.close();
    assert.equal(state(), "locked");
    await reopen();
    const entry = await machine.snapshot(project);
    await assert.rejects(machine.push(project), { code: "REPOSITORY_LOCKED" });
    assert.equal(machine.durability(entry), "local");
    assert.equal(machine.sync.hasWork(), false);
    for (const call of [
      () => machine.sync.remote.projects(unattended),
      () => machine.sync.remote.find("site", undefined, unattended),
      () => machine.sync.keys.list(new AbortController().signal),
      () => machine.sync.care.verify(null, 1, unattended),
      () => machine.sync.care.repair({ dryRun: false }, unattended),
      () => machine.sync.care.gc({ dryRun: false, retention: {}, graceHours: 24 }, unattended),
    ]) {
      await assert.rejects(call, { code: "REPOSITORY_LOCKED" });
    }
    assert.equal((await machine.sync.checkStore(unattended)).state, "locked");
  });

  it("opens with its passphrase and no other, and what waited is pushed", async () => {
    await set({ secret: words });
    await reopen();
    const entry = await machine.snapshot(project);
    machine.sync.wake(project.projectId);
    assert.equal(await stateAfterStart(), "locked");
    for (const wrong of [{ passphrase: "wrong horse battery staple" }, keyFile(1)]) {
      await assert.rejects(unlock(wrong), { code: "KEY_WRONG" });
      assert.equal(state(), "locked");
    }
    assert.equal((await unlock(words)).state, "ok");
    await machine.push(project);
    assert.equal(machine.durability(entry), "durable");
  });

  it("stays open where its key is to be remembered, in a file that nobody else may read", async () => {
    await set({ secret: keyFile(1), remember: true });
    const [file = ""] = kept();
    const path = join(homes.path("agent"), "keys", file);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(homes.path("agent"), "keys")).mode & 0o777, 0o700);
    await reopen();
    await machine.snapshot(project);
    assert.equal((await machine.push(project)).pending, 0);
    assert.equal(await stateAfterStart(), "ok");
  });

  it("is not set, nor opened, when its key cannot be remembered as it was asked to be", async () => {
    const blocked = join(homes.path("agent"), "keys");
    writeFileSync(blocked, "in the way");
    await assert.rejects(set({ secret: keyFile(1), remember: true }), { code: "KEY_NOT_KEPT" });
    assert.equal(machine.sync.showStore(), null);
    await set({ secret: keyFile(1) });
    await reopen();
    await assert.rejects(unlock(keyFile(1), true), { code: "KEY_NOT_KEPT" });
    rmSync(blocked);
    assert.equal((await unlock(keyFile(1), true)).state, "ok");
  });

  it("is locked when asked to, on this machine for good", async () => {
    await set({ secret: keyFile(1), remember: true });
    assert.equal((await machine.sync.lockStore()).state, "locked");
    assert.deepEqual(kept(), []);
    await machine.snapshot(project);
    await assert.rejects(machine.push(project), { code: "REPOSITORY_LOCKED" });
    await reopen();
    assert.equal(await stateAfterStart(), "locked");
    await unlock(keyFile(1), true);
    assert.equal(kept().length, 1);
    assert.equal((await machine.push(project)).pending, 0);
  });

  it("is taken for damaged or another, never for open, when what was kept does not fit", async () => {
    await set({ secret: keyFile(1), remember: true });
    const [file = ""] = kept();
    const path = join(homes.path("agent"), "keys", file);
    for (const text of ["", "no key", `${"00".repeat(32)}\n`]) {
      await machine.close();
      writeFileSync(path, text);
      machine = open();
      assert.equal(await stateAfterStart(), "locked", text);
    }
    await unlock(keyFile(1), true);
    assert.notEqual(readFileSync(path, "latin1"), `${"00".repeat(32)}\n`);
  });

  it("needs no passphrase to be set again while it is open, and it or another while it is not", async () => {
    await set({ secret: keyFile(1) });
    await machine.snapshot(project);
    await machine.push(project);
    const before = machine.entries.list(project.projectId);
    assert.equal((await set()).encrypted, true);
    assert.deepEqual(machine.entries.list(project.projectId), before);
    await reopen();
    await assert.rejects(set(), { code: "REPOSITORY_LOCKED" });
    await assert.rejects(set({ secret: keyFile(2) }), { code: "KEY_WRONG" });
    await set({ secret: keyFile(1) });
    assert.deepEqual(machine.entries.list(project.projectId), before);
  });

  it("is not taken for itself when somebody makes it plain, so that nothing is written there in clear", async () => {
    await set({ secret: keyFile(1), remember: true });
    await machine.snapshot(project);
    await machine.push(project);
    const config = store.objects.get("config");
    const { repositoryId } = JSON.parse(config?.bytes.toString().split("\n", 1)[0] ?? "") as {
      repositoryId: string;
    };
    store.objects.set("config", { bytes: sealObject(plainConfig(repositoryId)), etag: "x" });
    await reopen();
    await machine.snapshot(project);
    const before = store.objects.size;
    await assert.rejects(machine.push(project), { code: "REPOSITORY_PLAIN" });
    assert.equal(store.objects.size, before);
  });

  it("gets other keys without a byte of it being sent again", async () => {
    await set({ secret: keyFile(1) });
    const { signal } = new AbortController();
    const entry = await machine.snapshot(project);
    await machine.push(project);
    await assert.rejects(machine.sync.keys.add({ passphrase: "short" }, "x", signal), {
      code: "BAD_REQUEST",
    });
    await machine.sync.keys.change(keyFile(1), keyFile(2), signal);
    await machine.sync.keys.add(keyFile(3), "spare", signal);
    assert.equal(machine.durability(entry), "durable");
    assert.equal((await machine.push(project)).pushed.length, 0);
    await reopen();
    await assert.rejects(unlock(keyFile(1)), { code: "KEY_WRONG" });
    for (const secret of [keyFile(2), keyFile(3)]) await unlock(secret);
    const [first] = await machine.sync.keys.list(signal);
    await machine.sync.keys.remove(first?.keyId ?? "", signal);
    assert.equal((await machine.sync.keys.list(signal)).length, 1);
  });

  it("has its key forgotten when another store is set", async () => {
    await set({ secret: keyFile(1), remember: true });
    assert.equal(kept().length, 1);
    await reopen(new MemoryBlobStore());
    await set();
    assert.deepEqual(kept(), []);
  });

  it("is what keys are for: a plain one has none, and cannot be locked", async () => {
    await set();
    const { signal } = new AbortController();
    for (const call of [
      () => machine.sync.keys.list(signal),
      () => machine.sync.keys.add(keyFile(1), "x", signal),
      () => unlock(keyFile(1)),
      () => machine.sync.lockStore(),
    ]) {
      await assert.rejects(call, { code: "REPOSITORY_PLAIN" });
    }
    assert.equal(state(), "ok");
  });
});
