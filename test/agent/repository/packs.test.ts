import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../agent/host/clock.ts";
import { ForkpointError } from "../../../agent/protocol/errors.ts";
import type { BlobRef } from "../../../agent/repository/blob.ts";
import { digestOf } from "../../../agent/repository/digest.ts";
import { decodeIndex, encodeIndex, type IndexObject } from "../../../agent/repository/indexFormat.ts";
import { Repository } from "../../../agent/repository/repository.ts";
import { roles } from "../../../agent/repository/sealing.ts";
import { FaultyBlobStore } from "../../support/faultyBlobStore.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { repositoryKinds, type RepositoryKind } from "../../support/repositoryKinds.ts";

const mib = 1024 * 1024;
const { signal } = new AbortController();

for (const kind of repositoryKinds) {
  describe(`blobs in packs of ${kind.name}`, () => packsOf(kind));
}

function packsOf({ mode }: RepositoryKind): void {
  let folder: string;
  let memory: MemoryBlobStore;
  let store: FaultyBlobStore;
  let repository: Repository;
  const opened: Repository[] = [];
  const open = async (cache: string) => {
    const cacheDirectory = join(folder, cache);
    const options = { store, cacheDirectory, conditionalWrites: true, clock: systemClock };
    const made = await Repository.open(options, { ...mode, signal });
    opened.push(made);
    return made;
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "forkpoint-packs-"));
    memory = new MemoryBlobStore();
    store = new FaultyBlobStore(memory);
    repository = await open("one");
    memory.puts.length = 0;
  });
  afterEach(() => {
    for (const each of opened.splice(0)) each.close();
    rmSync(folder, { recursive: true });
  });

  const finish = async (packs: ReturnType<Repository["packWriter"]>) => {
    await packs.finishPacks();
    await packs.finishIndex();
  };
  const write = async (blobs: readonly Buffer[], into = repository): Promise<BlobRef[]> => {
    const packs = into.packWriter(signal);
    const refs: BlobRef[] = [];
    for (const bytes of blobs) refs.push({ kind: "chunk", id: await packs.add("chunk", bytes) });
    await finish(packs);
    return refs;
  };
  const readIndex = (key: string) => {
    const bytes = repository.sealing.open(
      roles.index,
      key,
      memory.objects.get(key)?.bytes ?? Buffer.alloc(0),
    );
    return decodeIndex("", bytes, repository.sealing);
  };
  const kinds = () => memory.puts.map(({ key }) => key.split("/", 1)[0]);

  it("come back as they were, compressed or not, whatever their size", async () => {
    const sizes = [0, 1, 31 * 1024, 32 * 1024, 33 * 1024, mib, 3 * mib];
    const blobs = sizes.flatMap((size) => [randomBytes(size), Buffer.alloc(size, "line\n")]);
    const refs = await write(blobs);
    for (const reader of [repository, await open("two")]) {
      await reader.index.refresh(signal);
      assert.deepEqual(await reader.blobs.readMany(refs, signal), blobs);
      for (const [at, ref] of refs.entries()) {
        assert.deepEqual(await reader.blobs.read(ref.kind, ref.id, signal), blobs[at]);
      }
    }
  });

  it("are stored once, within a push and over all of them", async () => {
    const blob = randomBytes(1000);
    await write([blob, Buffer.from(blob)]);
    const stored = memory.puts.length;
    const other = await open("two");
    await other.index.refresh(signal);
    await write([blob], other);
    assert.equal(memory.puts.length, stored);
    assert.ok((memory.puts[0]?.size ?? 0) < 1200);
  });

  it("give back each buffer exactly once", async () => {
    const packs = repository.packWriter(signal);
    const given = new Map<number, number>();
    for (let at = 0; at < 30; at++) {
      const plain = at % 3 === 0 ? Buffer.alloc(100_000, at % 6) : randomBytes(at % 2 ? 100 : 100_000);
      await packs.add("chunk", plain, () => given.set(at, (given.get(at) ?? 0) + 1));
    }
    await finish(packs);
    assert.deepEqual(
      [...given.values()],
      Array.from({ length: 30 }, () => 1),
    );
  });

  it("reach the store before the index that names them", async () => {
    await write(Array.from({ length: 40 }, () => randomBytes(mib)));
    assert.deepEqual(kinds(), [...Array.from({ length: 5 }, () => "packs"), "index"]);
  });

  it("are indexed now and then in a long push, so that a cut one is not begun anew", async () => {
    const packs = repository.packWriter(signal);
    for (let at = 0; at < 17 * 13; at++) await packs.add("chunk", randomBytes(mib));
    await packs.abandon();
    assert.equal(kinds().filter((kind) => kind === "index").length, 1);
    const named = memory.keys("index/").flatMap((key) => {
      return readIndex(key).packs.map(({ id }) => `packs/${id.slice(0, 2)}/${id}`);
    });
    assert.ok(named.length >= 16);
    for (const key of named) assert.ok(memory.objects.has(key), "an index names a pack that is not there");
  }).timeout(60_000);

  it("of files and of directories lie apart", async () => {
    const packs = repository.packWriter(signal);
    await packs.add("chunk", randomBytes(100));
    await packs.add("tree", randomBytes(100));
    await packs.add("links", randomBytes(100));
    await finish(packs);
    assert.deepEqual(kinds(), ["packs", "packs", "index"]);
  });

  it("of different kinds do not stand for each other", async () => {
    const [ref] = await write([randomBytes(100)]);
    await assert.rejects(repository.blobs.read("tree", ref?.id ?? "", signal), { code: "OBJECT_MISSING" });
  });

  it("are read in few requests where they lie together", async () => {
    const refs = await write(Array.from({ length: 200 }, () => randomBytes(10_000)));
    const gets: string[] = [];
    const get = memory.get.bind(memory);
    memory.get = (key, options) => {
      gets.push(key);
      return get(key, options);
    };
    await repository.blobs.readMany(refs, signal);
    assert.ok(gets.length <= 2, `${gets.length} requests`);
  });

  it("fail the push when the store fails, and no index names what is not there", async () => {
    store.inject({ on: "put", key: /^packs/, from: 2, fault: { kind: "fail", code: "STORE_FULL" } });
    const packs = repository.packWriter(signal);
    const pushing = async () => {
      for (let at = 0; at < 60; at++) await packs.add("chunk", randomBytes(mib));
      await finish(packs);
    };
    await assert.rejects(pushing(), { code: "STORE_FULL" });
    await packs.abandon();
    assert.deepEqual(memory.keys("index/"), []);
  });

  it("stop at once when the push is cancelled", async () => {
    const cancelling = new AbortController();
    const packs = repository.packWriter(cancelling.signal);
    await packs.add("chunk", randomBytes(100));
    cancelling.abort();
    await assert.rejects(packs.finishPacks(), { name: "AbortError" });
    await packs.abandon();
    assert.deepEqual(memory.puts, []);
  });

  it("that another machine added are found", async () => {
    const other = await open("two");
    const [ref] = await write([randomBytes(100)], other);
    assert.ok(ref);
    assert.equal(repository.index.find(ref), null);
    assert.ok(await repository.blobs.read(ref.kind, ref.id, signal));
  });

  it("that are not in the store any more are not taken for known", async () => {
    const blob = randomBytes(100);
    const [ref] = await write([blob]);
    assert.ok(ref && repository.index.find(ref));
    for (const key of memory.keys("index/")) memory.objects.delete(key);
    await repository.index.refresh(signal);
    assert.equal(repository.index.find(ref), null);
  });

  it("are found where a later index says, when it supersedes an earlier one", async () => {
    const blob = randomBytes(100);
    const [ref] = await write([blob]);
    const [before = ""] = memory.keys("index/");
    const old = readIndex(before);
    const seal = (index: IndexObject) => repository.sealing.seal(roles.index, encodeIndex(index));
    const bytes = seal({ packs: old.packs, supersedes: [before.slice("index/".length)] });
    await memory.put(`index/${digestOf(bytes)}`, bytes, { signal });
    await repository.index.refresh(signal);
    assert.ok(ref);
    assert.deepEqual(await repository.blobs.read(ref.kind, ref.id, signal), blob);
    const empty = seal({ packs: [], supersedes: [digestOf(bytes)] });
    await memory.put(`index/${digestOf(empty)}`, empty, { signal });
    await repository.index.refresh(signal);
    assert.equal(repository.index.find(ref), null);
  });

  describe("known from the cache on this disk", () => {
    const cacheFile = () => {
      const [name = ""] = readdirSync(join(folder, "one")).filter((each) => each.endsWith(".sqlite"));
      return join(folder, "one", name);
    };
    const reopen = async () => {
      for (const each of opened.splice(0)) each.close();
      repository = await open("one");
    };

    it("are known at the next start without a look into the store", async () => {
      const [ref] = await write([randomBytes(100)]);
      await reopen();
      store.inject({ on: "get", key: /^index/, fault: { kind: "fail" } });
      await repository.index.refresh(signal);
      assert.ok(ref && repository.index.find(ref));
    });

    for (const [what, spoil] of [
      [
        "is no database",
        (file: string) => writeFileSync(file, "no database at all, but long enough to be one"),
      ],
      ["is empty", (file: string) => writeFileSync(file, "")],
      ["was deleted", (file: string) => rmSync(file)],
    ] as const) {
      it(`are read from the store when the cache ${what}`, async () => {
        const blob = randomBytes(100);
        const [ref] = await write([blob]);
        for (const each of opened.splice(0)) each.close();
        const file = cacheFile();
        for (const side of ["-wal", "-shm"]) rmSync(file + side, { force: true });
        spoil(file);
        await reopen();
        await repository.index.refresh(signal);
        assert.ok(ref);
        assert.deepEqual(await repository.blobs.read(ref.kind, ref.id, signal), blob);
      });
    }

    it("are not those of another repository", async () => {
      const [ref] = await write([randomBytes(100)]);
      memory.objects.clear();
      await reopen();
      assert.ok(ref);
      assert.equal(repository.index.find(ref), null);
    });
  });

  it("name an unreachable store as such, not as a lost object", async () => {
    const [ref] = await write([randomBytes(100)]);
    assert.ok(ref);
    const injected = store.inject({ on: "get", fault: { kind: "fail" } });
    await assert.rejects(repository.blobs.read(ref.kind, ref.id, signal), { code: "STORE_UNREACHABLE" });
    injected.remove();
    for (const key of memory.keys("packs/")) memory.objects.delete(key);
    const thrown: unknown = await repository.blobs
      .read(ref.kind, ref.id, signal)
      .catch((each: unknown) => each);
    assert.ok(thrown instanceof ForkpointError && thrown.code === "OBJECT_MISSING");
    assert.match(thrown.message, /pack [0-9a-f]{64}/);
  });

  it("are asked for once more when the answer is bad, and it is not what the next reads go by", async () => {
    const packs = repository.packWriter(signal);
    const refs: BlobRef[] = [];
    for (const kind of ["chunk", "tree"] as const) {
      refs.push({ kind, id: await packs.add(kind, randomBytes(5000)) });
    }
    await finish(packs);
    for (const { kind, id } of refs) {
      for (const bad of ["flip", "truncate"] as const) {
        const once = store.inject({ on: "get", key: /^packs/, times: 1, fault: { kind: bad } });
        assert.equal((await repository.freshReader().read(kind, id, signal)).length, 5000, `${kind} ${bad}`);
        assert.equal(once.hits, 1);
        once.remove();
        const reader = repository.freshReader();
        const always = store.inject({ on: "get", key: /^packs/, fault: { kind: bad } });
        await assert.rejects(reader.read(kind, id, signal), { code: "OBJECT_DAMAGED" });
        always.remove();
        assert.equal((await reader.read(kind, id, signal)).length, 5000, `${kind} ${bad}`);
      }
    }
  });
}
