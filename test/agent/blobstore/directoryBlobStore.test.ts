import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { DirectoryBlobStore } from "../../../agent/blobstore/directoryBlobStore.ts";
import { itIsABlobStore } from "./rig/conformance.ts";
import { failsWith } from "./rig/failsWith.ts";
import { directoryStore, eachTestInAFolder, mountSmallDisk } from "./rig/directoryRig.ts";

const { signal } = new AbortController();
const text = (value: string) => Buffer.from(value, "utf8");

async function keysOf(store: DirectoryBlobStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list("", { signal })) keys.push(key);
  return keys.sort();
}

describe("DirectoryBlobStore", () => {
  const folder = eachTestInAFolder();
  const opened = async (path = join(folder(), "store")) => {
    const store = directoryStore(path);
    await store.setUp();
    return store;
  };

  describe("as a store", () => {
    itIsABlobStore(async () => {
      const store = await opened();
      return { store, other: directoryStore(join(folder(), "store")) };
    });
  });

  it("should keep each object as a plain file that other tools can copy", async () => {
    const store = await opened();
    await store.put("packs/ab/1", text("content"), { signal });
    assert.equal(readFileSync(join(folder(), "store/packs/ab/1"), "utf8"), "content");
  });

  it("should change the etag even when the same bytes are written again at once", async () => {
    const store = await opened();
    const etags = new Set<string | undefined>();
    for (let index = 0; index < 50; index++)
      etags.add((await store.put("key", text("same"), { signal }))?.etag);
    assert.equal(etags.size, 50);
  });

  it("should change the etag when the clock of the disk was set back", async () => {
    const store = await opened();
    await store.put("key", text("same"), { signal });
    const future = Date.now() / 1000 + 1_000_000;
    utimesSync(join(folder(), "store/key"), future, future);
    const first = await store.get("key", { signal });
    assert.ok(first);
    const second = await store.put("key", text("same"), {
      signal,
      condition: { kind: "match", etag: first.etag },
    });
    assert.ok(second);
    assert.notEqual(second.etag, first.etag);
    // Later than what it replaced, so that no time comes twice.
    assert.ok(statSync(join(folder(), "store/key")).mtimeMs > future * 1000);
    assert.equal(
      await store.put("key", text("late"), { signal, condition: { kind: "match", etag: first.etag } }),
      null,
    );
  });

  it("should leave nothing in its folder but objects when writers are refused or cancelled", async () => {
    const store = await opened();
    await store.put("key", text("1"), { signal });
    await store.put("key", text("2"), { signal, condition: { kind: "absent" } });
    await store.put("key", text("2"), { signal, condition: { kind: "match", etag: "other" } });
    const cancel = new AbortController();
    const cancelled = store.put("new", Buffer.alloc(32 * 1024 * 1024), { signal: cancel.signal });
    cancel.abort();
    await assert.rejects(cancelled, { name: "AbortError" });
    assert.deepEqual(readdirSync(join(folder(), "store/.forkpoint/tmp")), []);
    assert.deepEqual(await keysOf(store), ["key"]);
  });

  it("should hide what killed writers left, and remove it once it is old", async () => {
    const store = await opened();
    const temporaries = join(folder(), "store/.forkpoint/tmp");
    writeFileSync(join(temporaries, "young"), "half");
    writeFileSync(join(temporaries, "old"), "half");
    const past = Date.now() / 1000 - 2 * 60 * 60;
    utimesSync(join(temporaries, "old"), past, past);
    assert.deepEqual(await keysOf(store), []);
    await store.put("key", text("1"), { signal });
    assert.deepEqual(readdirSync(temporaries), ["young"]);
  });

  it("should neither read, write nor list through symbolic links", async () => {
    const store = await opened();
    const outside = join(folder(), "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "secret"), "secret");
    symlinkSync(outside, join(folder(), "store/folder"));
    symlinkSync(join(outside, "secret"), join(folder(), "store/file"));
    await assert.rejects(store.get("folder/secret", { signal }), failsWith("STORE_DENIED"));
    await assert.rejects(store.get("file", { signal }), failsWith("STORE_DENIED"));
    await assert.rejects(store.put("folder/new", text("x"), { signal }), failsWith("STORE_DENIED"));
    await assert.rejects(store.delete("folder/secret", { signal }), failsWith("STORE_DENIED"));
    assert.deepEqual(await keysOf(store), []);
    await store.put("file", text("x"), { signal });
    assert.deepEqual(readdirSync(outside), ["secret"]);
    assert.equal(readFileSync(join(outside, "secret"), "utf8"), "secret");
  });

  it("should follow a link that is the store's own address", async () => {
    mkdirSync(join(folder(), "real"));
    symlinkSync(join(folder(), "real"), join(folder(), "link"));
    const store = await opened(join(folder(), "link"));
    await store.put("a/b", text("x"), { signal });
    assert.ok(existsSync(join(folder(), "real/a/b")));
    assert.deepEqual(await keysOf(store), ["a/b"]);
  });

  it("should keep its own folder out of reach", async () => {
    const store = await opened();
    await assert.rejects(store.get(".forkpoint/store.json", { signal }), TypeError);
    await assert.rejects(store.delete(".forkpoint/store.json", { signal }), TypeError);
    await assert.rejects(store.put(".forkpoint/lock", text("x"), { signal }), TypeError);
  });

  describe("when the folder is not there", () => {
    it("should not make the folders above it", async () => {
      const store = directoryStore(join(folder(), "unmounted/store"));
      await assert.rejects(store.setUp(), failsWith("STORE_BUCKET_MISSING"));
      assert.ok(!existsSync(join(folder(), "unmounted")));
    });

    it("should not take a file for it", async () => {
      writeFileSync(join(folder(), "store"), "");
      await assert.rejects(
        directoryStore(join(folder(), "store")).setUp(),
        failsWith("STORE_BUCKET_MISSING"),
      );
    });

    it("should report it on every call, and write nothing, while the disk is not mounted", async () => {
      const disk = mountSmallDisk(join(folder(), "disk"));
      const store = await opened(join(folder(), "disk"));
      await store.put("a/b", text("x"), { signal });
      disk.unmount();
      await assert.rejects(store.get("a/b", { signal }), failsWith("STORE_UNREACHABLE"));
      await assert.rejects(store.put("a/c", text("x"), { signal }), failsWith("STORE_UNREACHABLE"));
      await assert.rejects(store.delete("a/b", { signal }), failsWith("STORE_UNREACHABLE"));
      await assert.rejects(keysOf(store), failsWith("STORE_UNREACHABLE"));
      assert.deepEqual(readdirSync(join(folder(), "disk")), []);
      rmSync(join(folder(), "disk"), { recursive: true });
      await assert.rejects(store.put("a/c", text("x"), { signal }), failsWith("STORE_UNREACHABLE"));
      assert.ok(!existsSync(join(folder(), "disk")));
    });

    it("should notice that another store has taken its place", async () => {
      const store = await opened();
      await store.put("a", text("x"), { signal });
      rmSync(join(folder(), "store"), { recursive: true });
      await opened();
      await assert.rejects(store.put("b", text("x"), { signal }), failsWith("STORE_UNREACHABLE"));
      await assert.rejects(store.get("a", { signal }), failsWith("STORE_UNREACHABLE"));
    });
  });

  describe("when the disk refuses", () => {
    it("should say that it is full, and keep what was there", async () => {
      mountSmallDisk(join(folder(), "disk"));
      const store = await opened(join(folder(), "disk"));
      await store.put("key", text("old"), { signal });
      await assert.rejects(store.put("key", Buffer.alloc(4 << 20), { signal }), failsWith("STORE_FULL"));
      assert.deepEqual((await store.get("key", { signal }))?.bytes, text("old"));
      assert.deepEqual(readdirSync(join(folder(), "disk/.forkpoint/tmp")), []);
      await store.put("small", text("fits again"), { signal });
    });

    it("should read a read-only disk and refuse to write there", async () => {
      const disk = mountSmallDisk(join(folder(), "disk"));
      await (await opened(join(folder(), "disk"))).put("key", text("old"), { signal });
      disk.remount("ro");
      const store = await opened(join(folder(), "disk"));
      assert.deepEqual((await store.get("key", { signal }))?.bytes, text("old"));
      await assert.rejects(store.put("new", text("x"), { signal }), failsWith("STORE_READ_ONLY"));
      await assert.rejects(store.delete("key", { signal }), failsWith("STORE_READ_ONLY"));
      assert.deepEqual(await keysOf(store), ["key"]);
    });

    it("should say that permission is denied", async () => {
      const store = await opened();
      await store.put("key", text("old"), { signal });
      process.seteuid?.(65534);
      try {
        await assert.rejects(store.get("key", { signal }), failsWith("STORE_DENIED"));
        await assert.rejects(store.put("key", text("x"), { signal }), failsWith("STORE_DENIED"));
      } finally {
        process.seteuid?.(0);
      }
    });
  });
});
