import assert from "node:assert/strict";
import { RetryingBlobStore } from "../../../agent/blobstore/retryingBlobStore.ts";
import type { Clock } from "../../../agent/host/clock.ts";
import { FaultyBlobStore } from "../../support/faultyBlobStore.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { itIsABlobStore } from "./rig/conformance.ts";
import { failsWith } from "./rig/failsWith.ts";

const { signal } = new AbortController();
const bytes = Buffer.from("content");

describe("RetryingBlobStore", () => {
  let memory: MemoryBlobStore;
  let faulty: FaultyBlobStore;
  let store: RetryingBlobStore;
  let waits: number[];

  beforeEach(() => {
    memory = new MemoryBlobStore();
    faulty = new FaultyBlobStore(memory);
    waits = [];
    const clock: Clock = {
      now: () => 0,
      monotonic: () => 0,
      after(ms, call) {
        waits.push(ms);
        const timer = setImmediate(call);
        return () => {
          clearImmediate(timer);
        };
      },
    };
    store = new RetryingBlobStore({ store: faulty, clock });
  });

  describe("as a store", () => {
    itIsABlobStore(() => Promise.resolve({ store, other: store }));
  });

  it("should try again until it works", async () => {
    for (const on of ["put", "get", "delete"] as const) {
      faulty.inject({ on, times: 2, fault: { kind: "fail" } });
    }
    assert.ok(await store.put("key", bytes, { signal }));
    assert.ok(await store.get("key", { signal }));
    await store.delete("key", { signal });
    assert.equal(memory.objects.size, 0);
    assert.equal(waits.length, 6);
  });

  it("should wait longer each time, then give up", async () => {
    const fault = faulty.inject({ on: "get", fault: { kind: "fail" } });
    await assert.rejects(store.get("key", { signal }), failsWith("STORE_UNREACHABLE"));
    assert.equal(fault.hits, 4);
    assert.equal(waits.length, 3);
    assert.deepEqual(
      waits.toSorted((a, b) => a - b),
      waits,
    );
  });

  it("should repeat nothing that will fail again", async () => {
    for (const code of ["STORE_DENIED", "STORE_BUCKET_MISSING", "STORE_READ_ONLY", "STORE_FULL"] as const) {
      const fault = faulty.inject({ on: "put", fault: { kind: "fail", code } });
      await assert.rejects(store.put("key", bytes, { signal }), failsWith(code));
      assert.equal(fault.hits, 1);
      fault.remove();
    }
    assert.deepEqual(waits, []);
  });

  it("should not repeat a conditional write", async () => {
    const fault = faulty.inject({ on: "put", fault: { kind: "lose" } });
    const written = store.put("key", bytes, { signal, condition: { kind: "absent" } });
    await assert.rejects(written, failsWith("STORE_UNREACHABLE"));
    assert.equal(fault.hits, 1);
    assert.ok(memory.objects.has("key"));
  });

  it("should list every object once when a listing breaks off", async () => {
    for (const key of ["a", "b", "c"]) await memory.put(key, bytes, { signal });
    faulty.inject({ on: "list", times: 3, fault: { kind: "cut" } });
    const keys: string[] = [];
    for await (const { key } of store.list("", { signal })) keys.push(key);
    assert.deepEqual(keys.sort(), ["a", "b", "c"]);
    assert.equal(waits.length, 3);
  });

  it("should stop waiting when it is cancelled", async () => {
    const cancel = new AbortController();
    const clock: Clock = { now: () => 0, monotonic: () => 0, after: () => () => undefined };
    const fault = faulty.inject({ on: "get", fault: { kind: "fail" } });
    const reading = new RetryingBlobStore({ store: faulty, clock }).get("key", { signal: cancel.signal });
    await fault.met;
    setImmediate(() => {
      cancel.abort();
    });
    await assert.rejects(reading, { name: "AbortError" });
    assert.equal(fault.hits, 1);
  });
});
