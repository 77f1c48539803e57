import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { ensureConfig, plainConfig } from "../../../agent/repository/config.ts";
import { sealObject } from "../../../agent/repository/jsonObject.ts";
import { MasterKey } from "../../../agent/repository/masterKey.ts";
import { Repository } from "../../../agent/repository/repository.ts";
import type { RepositoryKeys } from "../../../agent/repository/repositoryKeys.ts";
import type { Secret } from "../../../agent/repository/secret.ts";
import type { OpenMode } from "../../../agent/repository/unlock.ts";
import { FaultyBlobStore } from "../../support/faultyBlobStore.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";

const { signal } = new AbortController();
const keyFile = (): Secret & { kind: "keyFile" } => ({ kind: "keyFile", key: randomBytes(32) });
const words: Secret = { kind: "passphrase", passphrase: "correct horse battery staple" };

describe("the keys of an encrypted repository", function () {
  this.timeout(60_000);
  let folder: string;
  let memory: MemoryBlobStore;
  let store: FaultyBlobStore;
  let clock: ManualClock;
  const opened: Repository[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "forkpoint-keys-"));
    memory = new MemoryBlobStore();
    store = new FaultyBlobStore(memory);
    clock = new ManualClock();
  });
  afterEach(() => {
    for (const each of opened.splice(0)) each.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (mode: Omit<OpenMode, "signal">): Promise<Repository> => {
    const options = { store, cacheDirectory: folder, conditionalWrites: true, clock };
    const made = await Repository.open(options, { ...mode, signal });
    opened.push(made);
    return made;
  };
  const make = (secret: Secret) => open({ make: "encrypted", secret });
  const openWith = (secret: Secret) => open({ make: null, secret });
  const keysOf = ({ keys }: Repository): RepositoryKeys => {
    assert.ok(keys);
    return keys;
  };
  const writtenWith = async (repository: Repository): Promise<string> => {
    const packs = repository.packWriter(signal);
    const id = await packs.add("chunk", Buffer.from("something"));
    await packs.finishPacks();
    await packs.finishIndex();
    return id;
  };
  const reads = async (repository: Repository, id: string): Promise<string> =>
    (await repository.blobs.read("chunk", id, signal)).toString();

  it("are one at first, a passphrase or a key file, and nothing else opens it", async () => {
    for (const secret of [words, keyFile()]) {
      memory.objects.clear();
      const id = await writtenWith(await make(secret));
      assert.equal(await reads(await openWith(secret), id), "something");
      assert.equal(memory.keys("keys/").length, 1);
      for (const wrong of [keyFile(), { kind: "passphrase", passphrase: "no horse" }] as const) {
        await assert.rejects(openWith(wrong), { code: "KEY_WRONG" });
      }
      await assert.rejects(open({ make: null }), { code: "REPOSITORY_LOCKED" });
      await assert.rejects(open({ make: "plain" }), { code: "REPOSITORY_LOCKED" });
    }
  });

  it("take a passphrase however its letters were typed", async () => {
    await make({ kind: "passphrase", passphrase: "d\u00e9j\u00e0 vu" });
    await openWith({ kind: "passphrase", passphrase: "de\u0301ja\u0300 vu" });
    await assert.rejects(openWith({ kind: "passphrase", passphrase: "deja vu" }), { code: "KEY_WRONG" });
  });

  it("are needed to make one, and nothing is made without", async () => {
    await assert.rejects(open({ make: "encrypted" }), { code: "KEY_NEEDED" });
    assert.deepEqual([...memory.objects.keys()], []);
  });

  it("are not taken for a plain repository, which says so", async () => {
    await open({ make: "plain" });
    await assert.rejects(openWith(words), { code: "REPOSITORY_PLAIN" });
    await assert.rejects(make(words), { code: "REPOSITORY_PLAIN" });
    await assert.rejects(open({ make: null, mustBeEncrypted: true }), { code: "REPOSITORY_PLAIN" });
    assert.equal((await open({ make: "encrypted" })).keys, null);
  });

  it("can be several, each opening the same", async () => {
    const [one, two] = [keyFile(), keyFile()];
    const repository = await make(one);
    const id = await writtenWith(repository);
    clock.pass(1000);
    const added = await keysOf(repository).add(two, "Ada's laptop", signal);
    assert.equal(await reads(await openWith(two), id), "something");
    assert.equal(await reads(await openWith(one), id), "something");
    const listed = await keysOf(repository).list(signal);
    assert.deepEqual(
      listed.map(({ kind, label, createdAt }) => [kind, label, createdAt]),
      [
        ["keyFile", "first", "2026-01-01T00:00:00.000Z"],
        ["keyFile", "Ada's laptop", "2026-01-01T00:00:01.000Z"],
      ],
    );
    assert.deepEqual(listed[1], added);
  });

  it("can be removed, but not the last", async () => {
    const [one, two] = [keyFile(), keyFile()];
    const keys = keysOf(await make(one));
    clock.pass(1);
    await keys.add(two, "two", signal);
    const [first, second] = await keys.list(signal);
    assert.ok(first && second);
    await assert.rejects(keys.remove("0".repeat(16), signal), { code: "KEY_NOT_FOUND" });
    await keys.remove(first.keyId, signal);
    await assert.rejects(openWith(one), { code: "KEY_WRONG" });
    await openWith(two);
    await assert.rejects(keys.remove(second.keyId, signal), { code: "KEY_LAST" });
    await openWith(two);
  });

  it("stay when two machines remove the last two at the same moment", async () => {
    const [one, two] = [keyFile(), keyFile()];
    const keys = keysOf(await make(one));
    clock.pass(1);
    await keys.add(two, "two", signal);
    const ids = (await keys.list(signal)).map(({ keyId }) => keyId);
    // The slower one deletes only after the faster one looked.
    const held = store.inject({ on: "delete", times: 1, fault: { kind: "hold" } });
    const slower = keys.remove(ids[0] ?? "", signal);
    await held.met;
    await keys.remove(ids[1] ?? "", signal);
    held.release();
    await assert.rejects(slower, { code: "KEY_LAST" });
    assert.equal((await keys.list(signal)).length, 1);
    await openWith(one);
  });

  it("change without anything being written again", async () => {
    const [old, next] = [keyFile(), keyFile()];
    const repository = await make(old);
    const id = await writtenWith(repository);
    memory.puts.length = 0;
    await assert.rejects(keysOf(repository).change(next, next, signal), { code: "KEY_WRONG" });
    await keysOf(repository).change(old, next, signal);
    assert.deepEqual(
      memory.puts.map(({ key }) => key.split("/", 1)[0]),
      ["keys"],
    );
    await assert.rejects(openWith(old), { code: "KEY_WRONG" });
    assert.equal(await reads(await openWith(next), id), "something");
    assert.deepEqual(
      (await keysOf(repository).list(signal)).map(({ label }) => label),
      ["first"],
    );
  });

  it("both open it when a change is ended between its two steps", async () => {
    const [old, next] = [keyFile(), keyFile()];
    const repository = await make(old);
    store.inject({ on: "delete", times: 1, fault: { kind: "fail" } });
    await assert.rejects(keysOf(repository).change(old, next, signal), { code: "STORE_UNREACHABLE" });
    await openWith(old);
    await openWith(next);
  });

  it("of one made by several at once are those of the one that won", async () => {
    const secrets = Array.from({ length: 6 }, keyFile);
    const ended = await Promise.allSettled(secrets.map((secret) => make(secret)));
    assert.equal(ended.filter(({ status }) => status === "fulfilled").length, 1);
    for (const each of ended) {
      if (each.status === "rejected") assert.equal((each.reason as { code: string }).code, "KEY_WRONG");
    }
    assert.equal(memory.keys("keys/").length, 1);
  });

  it("are there before the config is, so that one killed in between leaves an empty store", async () => {
    store.inject({ on: "put", key: /^config/, times: 1, fault: { kind: "fail" } });
    await assert.rejects(make(keyFile()), { code: "STORE_UNREACHABLE" });
    assert.equal(memory.keys("keys/").length, 1);
    const secret = keyFile();
    const keys = keysOf(await make(secret));
    assert.equal((await keys.list(signal)).length, 1);
    await openWith(secret);
  });

  it("that are damaged are told from a wrong passphrase", async () => {
    const [one, two] = [keyFile(), keyFile()];
    const keys = keysOf(await make(one));
    clock.pass(1);
    await keys.add(two, "two", signal);
    const [first] = await keys.list(signal);
    const key = `keys/${first?.keyId ?? ""}`;
    const object = memory.objects.get(key);
    assert.ok(object);
    const bytes = Buffer.from(object.bytes);
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1;
    memory.objects.set(key, { ...object, bytes });
    await assert.rejects(openWith(one), { code: "OBJECT_DAMAGED" });
    await openWith(two);
  });

  it("of a forged slot cannot take all memory or time there is", async () => {
    await make(words);
    const [key = ""] = memory.keys("keys/");
    const slot = JSON.parse(memory.objects.get(key)?.bytes.toString().split("\n", 1)[0] ?? "") as {
      derivation: object;
    };
    for (const forged of [{ memoryKiB: 2 ** 30 }, { passes: 1000 }, { lanes: 1000 }]) {
      const bytes = sealObject({ ...slot, derivation: { ...slot.derivation, ...forged } });
      memory.objects.set(key, { bytes, etag: "x" });
      await assert.rejects(openWith(words), { code: "OBJECT_DAMAGED" });
    }
    const weak = sealObject({ ...slot, derivation: { ...slot.derivation, passes: 1 } });
    memory.objects.set(key, { bytes: weak, etag: "x" });
    await assert.rejects(openWith(words), { code: "KEY_WRONG" });
  });

  it("that were kept open it without a secret, unless they are another's", async () => {
    const { master } = keysOf(await make(keyFile()));
    const id = await writtenWith(await open({ make: null, recall: () => Promise.resolve(master) }));
    assert.equal(id.length, 64);
    const stranger = MasterKey.random();
    await assert.rejects(open({ make: null, recall: () => Promise.resolve(stranger) }), {
      code: "REPOSITORY_LOCKED",
    });
  });

  it("prove the config, which nobody without them can change", async () => {
    const secret = keyFile();
    await make(secret);
    const config = memory.objects.get("config");
    assert.ok(config);
    const fields = JSON.parse(config.bytes.toString().split("\n", 1)[0] ?? "") as object;
    memory.objects.set("config", {
      bytes: sealObject({ ...fields, authentication: "0".repeat(64) }),
      etag: "x",
    });
    await assert.rejects(openWith(secret), { code: "OBJECT_DAMAGED" });
    const options = { signal, conditional: true };
    memory.objects.delete("config");
    await ensureConfig(store, options, () => plainConfig("00".repeat(16)));
    await assert.rejects(openWith(secret), { code: "REPOSITORY_PLAIN" });
  });

  it("show in nothing that prints them", async () => {
    const secret = keyFile();
    const { master } = keysOf(await make(secret));
    const printed = inspect(master, { depth: 9, showHidden: true }) + JSON.stringify({ master });
    const revealed = master.reveal();
    for (const form of [revealed.toString("hex"), revealed.toString("base64"), revealed.join(",")]) {
      assert.ok(!printed.includes(form));
    }
    for (const { bytes } of memory.objects.values()) {
      assert.ok(!bytes.includes(secret.key) && !bytes.includes(revealed));
      assert.ok(!bytes.includes(revealed.toString("hex")));
    }
  });
});
