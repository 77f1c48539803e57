import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { type BlobStore, pieceBytes } from "../../../agent/blobstore/blobStore.ts";
import { ByteRate, TransferRates } from "../../../agent/blobstore/byteRate.ts";
import { LimitedBlobStore } from "../../../agent/blobstore/limitedBlobStore.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { itIsABlobStore } from "./rig/conformance.ts";

const { signal } = new AbortController();
const kib = 1024;

/** Lets everything go on that does not wait for the clock. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await turn();
}

describe("ByteRate", () => {
  let clock: ManualClock;
  let rate: ByteRate;
  let passed: number;
  beforeEach(() => {
    clock = new ManualClock();
    rate = new ByteRate(clock);
    passed = 0;
  });
  const take = (bytes: number, by = signal) => rate.take(bytes, by).then(() => void (passed += bytes));

  it("should let so many bytes pass in so much time, whoever asks for them", async () => {
    rate.limit = 10_000;
    for (let at = 0; at < 100; at++) void take(500);
    for (let ms = 0; ms <= 4000; ms += 50) {
      await settled();
      const due = (10_000 * ms) / 1000;
      assert.ok(passed >= due, `${passed} bytes after ${ms} ms`);
      assert.ok(passed <= due + 1000 + 500, `${passed} bytes after ${ms} ms`);
      clock.pass(50);
    }
  });

  it("should not save up what nobody used", async () => {
    rate.limit = 10_000;
    clock.pass(3_600_000);
    for (let at = 0; at < 100; at++) void take(500);
    await settled();
    assert.ok(passed <= 1500, `${passed} bytes`);
  });

  it("should let everything pass without a limit, and what waits once there is none any more", async () => {
    await take(10 ** 9);
    assert.equal(passed, 10 ** 9);
    rate.limit = 1000;
    await take(5000);
    void take(1);
    await settled();
    assert.equal(passed, 10 ** 9 + 5000);
    rate.limit = null;
    await settled();
    assert.equal(passed, 10 ** 9 + 5001);
    assert.equal(clock.waiting(), 0);
  });

  it("should hold what waits to a new limit", async () => {
    rate.limit = 1000;
    await take(10_100);
    void take(1);
    clock.pass(5000);
    await settled();
    assert.equal(passed, 10_100);
    rate.limit = 5000;
    clock.pass(999);
    await settled();
    assert.equal(passed, 10_100);
    clock.pass(1);
    await settled();
    assert.equal(passed, 10_101);
  });

  it("should let go of who is cancelled, and not count it", async () => {
    rate.limit = 1000;
    await take(1100);
    const leaving = new AbortController();
    const left = take(1_000_000, leaving.signal);
    void take(10);
    leaving.abort();
    await assert.rejects(left, { name: "AbortError" });
    clock.pass(1000);
    await settled();
    assert.equal(passed, 1110);
    await assert.rejects(take(1, leaving.signal), { name: "AbortError" });
  });
});

describe("LimitedBlobStore", () => {
  let clock: ManualClock;
  let rates: TransferRates;
  let sent: number;
  let store: BlobStore;
  beforeEach(() => {
    clock = new ManualClock();
    rates = new TransferRates(clock);
    sent = 0;
    const counted = new (class extends MemoryBlobStore {
      override put(...[key, bytes, options]: Parameters<MemoryBlobStore["put"]>) {
        const pace = async (count: number) => {
          await options.pace?.(count);
          sent += count;
        };
        return super.put(key, bytes, { ...options, pace });
      }
    })();
    store = new LimitedBlobStore({ store: counted, rates });
  });

  describe("as a store", () => {
    itIsABlobStore(() => {
      const memory = new MemoryBlobStore();
      const opened = new LimitedBlobStore({ store: memory, rates: new TransferRates(new ManualClock()) });
      return Promise.resolve({ store: opened, other: opened });
    });
  });

  it("should send a whole pack evenly, and two at the same time no faster", async () => {
    const pack = 12 * kib * kib;
    const limit = 2 * kib * kib;
    rates.upload.limit = limit;
    const writing = Promise.all(
      ["one", "two"].map((key) => store.put(key, new Uint8Array(pack), { signal })),
    );
    await settled();
    for (let ms = 0; ms <= 11_000; ms += 250) {
      while (sent < (limit * ms) / 1000) {
        const before = sent;
        await settled();
        if (sent === before) break;
      }
      const due = (limit * ms) / 1000;
      assert.ok(sent >= due - 2 * pieceBytes, `${sent} bytes after ${ms} ms`);
      assert.ok(sent <= due + limit / 10 + 2 * pieceBytes, `${sent} bytes after ${ms} ms`);
      // In the steps in which its timers are due.
      for (let left = 250; left > 0;) {
        const step = Math.max(1, Math.min(left, clock.untilNext() ?? left));
        clock.pass(step);
        left -= step;
        await turn();
        await turn();
      }
    }
    rates.upload.limit = null;
    assert.deepEqual(
      (await writing).map((written) => written !== null),
      [true, true],
    );
    assert.equal(sent, 2 * pack);
  });

  it("should slow down what is fetched by itself", async () => {
    await store.put("key", new Uint8Array(64 * kib), { signal });
    rates.download.limit = 16 * kib;
    let isThere = false;
    const reading = store.get("key", { signal }).then(() => (isThere = true));
    for (let ms = 0; ms < 2500; ms += 50) {
      await settled();
      clock.pass(50);
    }
    assert.equal(isThere, false);
    for (let ms = 0; ms < 1000; ms += 50) {
      await settled();
      clock.pass(50);
    }
    await reading;
    assert.ok(isThere);
  });
});
