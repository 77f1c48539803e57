import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { digestOf } from "../../../agent/repository/digest.ts";
import { objectKeys } from "../../../agent/repository/objectKeys.ts";
import { PackWindows } from "../../../agent/repository/packWindows.ts";
import { FaultyBlobStore } from "../../support/faultyBlobStore.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";

const mib = 1024 * 1024;

class CountingStore extends FaultyBlobStore {
  gets = 0;

  override get(...call: Parameters<FaultyBlobStore["get"]>): ReturnType<FaultyBlobStore["get"]> {
    this.gets++;
    return super.get(...call);
  }
}

describe("windows on packs", () => {
  const { signal } = new AbortController();
  let store: CountingStore;

  beforeEach(() => {
    store = new CountingStore(new MemoryBlobStore());
  });

  const pack = async (bytes: Buffer) => {
    const id = digestOf(bytes);
    await store.put(objectKeys.pack(id), bytes, { signal });
    return id;
  };

  it("answer for all of many small packs by one request each", async () => {
    const windows = new PackWindows(store);
    const packs = Array.from({ length: 100 }, () => randomBytes(5000));
    const ids = await Promise.all(packs.map(pack));
    for (const part of [0, 1000, 4000]) {
      for (const [at, id] of ids.entries()) {
        assert.deepEqual(await windows.read(id, part, 1000, signal), packs[at]?.subarray(part, part + 1000));
      }
    }
    assert.equal(store.gets, 100);
  });

  it("keep no more than 8 MiB", async () => {
    const windows = new PackWindows(store);
    const bytes = randomBytes(12 * mib);
    const id = await pack(bytes);
    const from = (...offsets: number[]) =>
      Promise.all(offsets.map((at) => windows.read(id, at * mib, 10, signal)));
    await from(0, 1, 2, 3, 4, 5, 6, 7);
    await from(7, 6, 5, 4, 3, 2, 1, 0);
    assert.equal(store.gets, 8);
    await from(8);
    await from(0, 1, 2, 3, 4, 5, 6, 8);
    assert.equal(store.gets, 9, "the one used longest ago went");
    await from(7);
    assert.equal(store.gets, 10);
  });

  it("are loaded by the next reader when the one who began it is cancelled", async () => {
    const windows = new PackWindows(store);
    const bytes = randomBytes(1000);
    const id = await pack(bytes);
    store.inject({ on: "get", times: 1, fault: { kind: "hold" } });
    const cancel = new AbortController();
    const first = windows.read(id, 0, 10, cancel.signal);
    const second = windows.read(id, 10, 10, signal);
    cancel.abort();
    await assert.rejects(first);
    assert.deepEqual(await second, bytes.subarray(10, 20));
  });
});
