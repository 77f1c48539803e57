import assert from "node:assert/strict";
import { join } from "node:path";
import type { BlobStore, Condition } from "../../../agent/blobstore/blobStore.ts";
import { probeStore } from "../../../agent/blobstore/conditionalWriteProbe.ts";
import { ForkpointError } from "../../../agent/protocol/errors.ts";
import { cephServer } from "../../support/cephServer.ts";
import { FaultyBlobStore } from "../../support/faultyBlobStore.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { directoryStore, eachTestInAFolder } from "./rig/directoryRig.ts";
import { failsWith } from "./rig/failsWith.ts";
import { s3Store } from "./rig/s3Rig.ts";

const { signal } = new AbortController();

async function keysOf(store: BlobStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list("", { signal })) keys.push(key);
  return keys;
}

/** A store that treats conditions in its own way. */
class OddStore extends MemoryBlobStore {
  readonly #treat: (condition: Condition) => Condition | undefined;

  constructor(treat: (condition: Condition) => Condition | undefined) {
    super();
    this.#treat = treat;
  }

  override put(key: string, bytes: Uint8Array, options: { signal: AbortSignal; condition?: Condition }) {
    const condition = options.condition && this.#treat(options.condition);
    return super.put(key, bytes, { signal: options.signal, ...(condition ? { condition } : {}) });
  }
}

describe("probeStore", function () {
  this.timeout(60_000);
  const folder = eachTestInAFolder();

  it("should find that a bucket honours conditions, and leave nothing there", async () => {
    const ceph = await cephServer();
    const store = s3Store({ bucket: await ceph.makeBucket(), endpoint: ceph.endpoint }, ceph.credentials);
    assert.deepEqual(await probeStore(store, { signal }), { conditionalWrites: true });
    assert.deepEqual(await keysOf(store), []);
  });

  it("should find that a folder honours conditions, and leave nothing there", async () => {
    const store = directoryStore(join(folder(), "store"));
    await store.setUp();
    assert.deepEqual(await probeStore(store, { signal }), { conditionalWrites: true });
    assert.deepEqual(await keysOf(store), []);
  });

  const liars: [how: string, treat: (condition: Condition) => Condition | undefined][] = [
    ["ignores all conditions", () => undefined],
    ["ignores that nothing should be there", (each) => (each.kind === "absent" ? undefined : each)],
    ["ignores etags", (each) => (each.kind === "match" ? undefined : each)],
    ["never finds that etags match", (each) => (each.kind === "match" ? { kind: "match", etag: "x" } : each)],
  ];
  for (const [how, treat] of liars) {
    it(`should see through a store that ${how}`, async () => {
      const store = new OddStore(treat);
      assert.deepEqual(await probeStore(store, { signal }), { conditionalWrites: false });
      assert.deepEqual(store.keys(""), []);
    });
  }

  it("should see through a store that looks before it writes, but not at once", async () => {
    const store = new MemoryBlobStore();
    const slow: BlobStore = {
      url: store.url,
      get: (...args) => store.get(...args),
      list: (...args) => store.list(...args),
      delete: (...args) => store.delete(...args),
      async put(key, bytes, { condition }) {
        const present = await store.get(key, { signal });
        await new Promise((resolve) => setImmediate(resolve));
        if (condition?.kind === "absent" && present) return null;
        if (condition?.kind === "match" && present?.etag !== condition.etag) return null;
        return store.put(key, bytes, { signal });
      },
    };
    assert.deepEqual(await probeStore(slow, { signal }), { conditionalWrites: false });
  });

  it("should accept that a store says it knows no conditions", async () => {
    const store = new OddStore(() => {
      throw new ForkpointError("STORE_DENIED", "No conditions here.", {
        details: { conditionalWrites: false },
      });
    });
    assert.deepEqual(await probeStore(store, { signal }), { conditionalWrites: false });
  });

  it("should refuse a store that gives back something else, and leave nothing there", async () => {
    for (const kind of ["flip", "truncate"] as const) {
      const memory = new MemoryBlobStore();
      const store = new FaultyBlobStore(memory);
      store.inject({ on: "get", fault: { kind } });
      await assert.rejects(probeStore(store, { signal }), failsWith("STORE_DENIED", /not what is read/));
      assert.deepEqual(memory.keys(""), []);
    }
  });

  it("should report what stands in the way", async () => {
    for (const on of ["put", "get", "list", "delete"] as const) {
      const store = new FaultyBlobStore(new MemoryBlobStore());
      store.inject({ on, fault: { kind: "fail", code: "STORE_READ_ONLY" } });
      await assert.rejects(probeStore(store, { signal }), failsWith("STORE_READ_ONLY"));
    }
  });

  it("should clear up after itself when it is cancelled", async () => {
    const memory = new MemoryBlobStore();
    const store = new FaultyBlobStore(memory);
    const cancel = new AbortController();
    const held = store.inject({ on: "get", fault: { kind: "hold" } });
    const probing = probeStore(store, { signal: cancel.signal });
    await held.met;
    assert.equal(memory.keys("").length, 1);
    cancel.abort();
    await assert.rejects(probing, { name: "AbortError" });
    assert.deepEqual(memory.keys(""), []);
  });
});
