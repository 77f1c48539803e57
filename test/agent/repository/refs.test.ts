import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { ensureConfig, plainConfig, readConfig } from "../../../agent/repository/config.ts";
import { epochToWrite, mendRef, readRef, writeRef, type Ref } from "../../../agent/repository/ref.ts";
import { EncryptedSealing } from "../../../agent/repository/encryptedSealing.ts";
import { MasterKey } from "../../../agent/repository/masterKey.ts";
import { plainSealing } from "../../../agent/repository/plainSealing.ts";
import type { Sealing } from "../../../agent/repository/sealing.ts";
import { FaultyBlobStore } from "../../support/faultyBlobStore.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";

const { signal } = new AbortController();
const aRef = (given: Partial<Ref> = {}): Ref => ({
  format: 1,
  projectId: "p1",
  slug: "site",
  head: "0".repeat(64),
  epoch: 1,
  machineId: "mine",
  updatedAt: "2026-01-02T03:04:05.000Z",
  forkedFrom: null,
  ...given,
});
const later = aRef({ head: "1".repeat(64) });

describe("refs", () => refsSealedBy(plainSealing));
describe("refs of an encrypted repository", () =>
  refsSealedBy(new EncryptedSealing(MasterKey.random(), "00".repeat(16))));

function refsSealedBy(sealing: Sealing): void {
  let memory: MemoryBlobStore;
  let store: FaultyBlobStore;
  beforeEach(() => {
    memory = new MemoryBlobStore();
    store = new FaultyBlobStore(memory);
  });
  const write = (current: Awaited<ReturnType<typeof readRef>>, next: Ref) =>
    writeRef(store, sealing, current, next, { signal, conditional: true });
  const read = () => readRef(store, sealing, "p1", signal);
  const head = async () => (await read())?.ref.head;

  it("come back as they were written; none reads as null", async () => {
    assert.equal(await read(), null);
    await write(null, aRef());
    assert.deepEqual((await read())?.ref, aRef());
    await write(await read(), later);
    assert.deepEqual((await read())?.ref, later);
  });

  it("are not written over one that was not read", async () => {
    await write(null, aRef());
    const theirs = { ...later, machineId: "theirs" };
    await assert.rejects(write(null, theirs), { code: "REF_CONFLICT", details: { projectId: "p1" } });
    const old = await read();
    await write(old, later);
    const others = [{ machineId: "theirs" }, { epoch: 2 }];
    for (const other of others) {
      const next = aRef({ head: "2".repeat(64), ...other });
      await assert.rejects(write(old, next), { code: "REF_CONFLICT" });
    }
    assert.equal(await head(), later.head);
  });

  it("let one of many writers win", async () => {
    await write(null, aRef());
    const current = await read();
    const heads = Array.from({ length: 9 }, (_, at) => String(at + 1).repeat(64));
    const ended = await Promise.allSettled(
      heads.map((each, at) => write(current, aRef({ head: each, machineId: `m${at}` }))),
    );
    const winners = ended.flatMap(({ status }, at) => (status === "fulfilled" ? [heads[at]] : []));
    assert.deepEqual(winners, [await head()]);
  });

  it("are looked up when the answer to a write is lost", async () => {
    await write(null, aRef());
    const current = await read();
    store.inject({ on: "put", times: 1, fault: { kind: "lose" } });
    await write(current, later);
    assert.equal(await head(), later.head);
  });

  it("are written over a write of the same machine that was given up and arrives late", async () => {
    await write(null, aRef());
    const current = await read();
    const givenUp = store.inject({ on: "put", times: 1, fault: { kind: "fail" } });
    const first = aRef({ head: "1".repeat(64), updatedAt: "2026-01-02T03:04:06.000Z" });
    await assert.rejects(write(current, first), { code: "STORE_UNREACHABLE" });
    assert.equal(givenUp.hits, 1);
    // The network has kept it till now.
    await writeRef(memory, sealing, current, first, { signal, conditional: true });
    for (const next of [
      aRef({ ...first, updatedAt: "2026-01-02T03:04:07.000Z" }),
      aRef({ ...first, head: "2".repeat(64) }),
    ]) {
      await write(current, next);
      assert.deepEqual((await read())?.ref, next);
    }
  });

  it("are not rewritten for ever when the store refuses each write and shows none", async () => {
    await write(null, aRef());
    const current = await read();
    let puts = 0;
    const refusing = Object.assign(Object.create(memory) as MemoryBlobStore, {
      put: () => {
        puts++;
        return Promise.resolve(null);
      },
    });
    const writing = writeRef(refusing, sealing, current, later, { signal, conditional: true });
    await assert.rejects(writing, { code: "REF_CONFLICT" });
    assert.ok(puts < 10);
  });

  it("that are mended are looked up, too, when the answer is lost", async () => {
    memory.objects.set(`refs/${sealing.nameProject("p1")}`, { bytes: Buffer.from("no ref"), etag: "x" });
    store.inject({ on: "put", times: 1, fault: { kind: "lose" } });
    await mendRef(store, sealing, later, { signal, conditional: true });
    assert.equal(await head(), later.head);
  });

  it("report a write that did not happen as what it was", async () => {
    await write(null, aRef());
    const current = await read();
    store.inject({ on: "put", times: 1, fault: { kind: "fail" } });
    await assert.rejects(write(current, later), { code: "STORE_UNREACHABLE" });
    assert.equal(await head(), aRef().head);
  });

  it("are no ref of another project's, however they got there", async () => {
    await write(null, aRef());
    const object = memory.objects.get(`refs/${sealing.nameProject("p1")}`);
    assert.ok(object);
    memory.objects.set(`refs/${sealing.nameProject("p2")}`, object);
    await assert.rejects(readRef(store, sealing, "p2", signal), { code: "OBJECT_DAMAGED" });
  });

  it("cannot be read as absent when the store fails", async () => {
    store.inject({ on: "get", fault: { kind: "fail" } });
    await assert.rejects(read(), { code: "STORE_UNREACHABLE" });
  });

  it("say who may write", () => {
    const current = { ref: aRef({ epoch: 4 }), etag: "x" };
    assert.equal(epochToWrite(null, "mine", null), 1);
    assert.equal(epochToWrite(current, "mine", null), 4);
    assert.equal(epochToWrite(current, "mine", "1".repeat(64)), 4);
    assert.equal(epochToWrite(current, "theirs", current.ref.head), 5);
    for (const known of [null, "1".repeat(64)]) {
      assert.throws(() => epochToWrite(current, "theirs", known), { code: "REF_CONFLICT" });
    }
  });
}

describe("the config", () => {
  const ensure = (store: MemoryBlobStore) =>
    ensureConfig(store, { signal, conditional: true }, () => plainConfig(randomBytes(16).toString("hex")));

  it("is made once", async () => {
    const store = new MemoryBlobStore();
    assert.equal(await readConfig(store, signal), null);
    const made = await ensure(store);
    assert.deepEqual(await ensure(store), made);
    assert.match(made.repositoryId, /^[0-9a-f]{32}$/);
    assert.notEqual((await ensure(new MemoryBlobStore())).repositoryId, made.repositoryId);
  });

  it("is the same for all who make it at the same moment", async () => {
    const store = new MemoryBlobStore();
    const made = await Promise.all(Array.from({ length: 10 }, () => ensure(store)));
    assert.equal(new Set(made.map(({ repositoryId }) => repositoryId)).size, 1);
  });

  it("is not made anew where objects lie, which have lost theirs", async () => {
    for (const key of ["refs/p1", `index/${"0".repeat(64)}`]) {
      const store = new MemoryBlobStore();
      await store.put(key, Buffer.from("x"), { signal });
      await assert.rejects(ensure(store), { code: "OBJECT_MISSING" });
      assert.equal(store.objects.has("config"), false);
    }
  });
});
