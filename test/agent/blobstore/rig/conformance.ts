import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { type BlobStore, pieceBytes } from "../../../../agent/blobstore/blobStore.ts";

/** A second handle on the same objects stands for another machine. */
export interface OpenedStore {
  readonly store: BlobStore;
  readonly other: BlobStore;
}

const { signal } = new AbortController();
const text = (value: string) => Buffer.from(value, "utf8");

async function keysOf(store: BlobStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix, { signal })) keys.push(key);
  return keys.sort();
}

async function contentOf(store: BlobStore, key: string): Promise<string | null> {
  const found = await store.get(key, { signal });
  return found && Buffer.from(found.bytes).toString("utf8");
}

/**
 * What the port promises, for every kind of store.
 * @param opened gives an empty store; called anew for each test
 */
export function itIsABlobStore(opened: () => Promise<OpenedStore>): void {
  let store: BlobStore;
  let other: BlobStore;

  beforeEach(async () => {
    ({ store, other } = await opened());
  });

  it("should give back what was put, byte for byte", async () => {
    for (const size of [0, 1, 4096, 5 * 1024 * 1024 + 3]) {
      const bytes = randomBytes(size);
      const put = await store.put(`objects/${size}`, bytes, { signal });
      const found = await other.get(`objects/${size}`, { signal });
      assert.ok(found);
      assert.ok(bytes.equals(found.bytes), `${size} bytes`);
      assert.equal(found.etag, put?.etag);
    }
  });

  it("should pace every byte that is sent or fetched, in small pieces", async () => {
    const bytes = randomBytes(200_000);
    const paced: number[] = [];
    const pace = (count: number) => Promise.resolve(void paced.push(count));
    const sum = () => paced.splice(0).reduce((total, count) => total + count, 0);
    await store.put("paced", bytes, { signal, pace });
    assert.ok(Math.max(...paced) <= pieceBytes);
    assert.equal(sum(), bytes.length);
    await store.put("paced/not", new Uint8Array(), { signal, pace }).catch(() => null);
    assert.equal(sum(), 0);
    const whole = await store.get("paced", { signal, pace });
    assert.ok(whole && bytes.equals(whole.bytes));
    assert.equal(sum(), bytes.length);
    const range = { offset: 100_000, length: 50_000 };
    const part = await store.get("paced", { signal, range, pace });
    assert.ok(part && bytes.subarray(100_000, 150_000).equals(part.bytes));
    assert.equal(sum(), 50_000);
    const { etag } = part;
    assert.ok(await store.put("paced", bytes, { signal, pace, condition: { kind: "match", etag } }));
    // Some servers refuse it once, and are sent it in another form.
    assert.equal(sum() % bytes.length, 0);
  });

  it("should write nothing when it is cancelled in the middle", async () => {
    const cancel = new AbortController();
    let pieces = 0;
    const pace = () => {
      if (++pieces === 3) cancel.abort();
      return cancel.signal.aborted ? Promise.reject(cancel.signal.reason as Error) : Promise.resolve();
    };
    const writing = store.put("cancelled", randomBytes(200_000), { signal: cancel.signal, pace });
    await assert.rejects(writing, { name: "AbortError" });
    assert.equal(await other.get("cancelled", { signal }), null);
  });

  it("should answer null for what is not there, whatever is beside it", async () => {
    assert.equal(await store.get("a", { signal }), null);
    assert.equal(await store.get("a/b/c", { signal, range: { offset: 0, length: 10 } }), null);
    await store.put("a/b", text("x"), { signal });
    assert.equal(await store.get("a", { signal }), null);
    assert.equal(await store.get("a/bc", { signal }), null);
  });

  it("should give ranges, and what there is of a range past the end", async () => {
    const bytes = randomBytes(1000);
    const put = await store.put("ranged", bytes, { signal });
    const cases = [
      [0, 1, 1],
      [0, 1000, 1000],
      [10, 20, 20],
      [999, 1, 1],
      [990, 500, 10],
      [1000, 5, 0],
      [5000, 5, 0],
      [3, 0, 0],
    ] as const;
    for (const [offset, length, given] of cases) {
      const found = await store.get("ranged", { signal, range: { offset, length } });
      assert.ok(found);
      assert.equal(found.bytes.length, given, `${length} from ${offset}`);
      assert.ok(bytes.subarray(offset, offset + length).equals(found.bytes));
      assert.equal(found.etag, put?.etag);
    }
    await store.put("empty", new Uint8Array(), { signal });
    assert.equal((await store.get("empty", { signal, range: { offset: 0, length: 5 } }))?.bytes.length, 0);
  });

  it("should replace an object and change its etag", async () => {
    const first = await store.put("key", text("one, which is longer"), { signal });
    const second = await store.put("key", text("two"), { signal });
    assert.notEqual(first?.etag, second?.etag);
    assert.equal(await contentOf(other, "key"), "two");
    assert.deepEqual(await keysOf(other, ""), ["key"]);
  });

  it("should write under the condition that nothing is there", async () => {
    const condition = { kind: "absent" } as const;
    assert.ok(await store.put("once", text("first"), { signal, condition }));
    assert.equal(await other.put("once", text("second"), { signal, condition }), null);
    assert.equal(await contentOf(store, "once"), "first");
    await store.delete("once", { signal });
    assert.ok(await other.put("once", text("third"), { signal, condition }));
  });

  it("should write under the condition that the etag matches", async () => {
    const first = await store.put("ref", text("1"), { signal });
    assert.ok(first);
    const second = await other.put("ref", text("2"), { signal, condition: { kind: "match", ...first } });
    assert.ok(second);
    assert.equal(await store.put("ref", text("3"), { signal, condition: { kind: "match", ...first } }), null);
    assert.equal(await contentOf(store, "ref"), "2");
    const third = await store.put("ref", text("4"), { signal, condition: { kind: "match", ...second } });
    assert.ok(third);
    assert.equal(await contentOf(other, "ref"), "4");
  });

  it("should write nothing when the object to match is gone", async () => {
    const first = await store.put("ref", text("1"), { signal });
    assert.ok(first);
    await other.delete("ref", { signal });
    assert.equal(await store.put("ref", text("2"), { signal, condition: { kind: "match", ...first } }), null);
    assert.equal(await store.get("ref", { signal }), null);
  });

  it("should let exactly one of many writers win, and tell the others", async () => {
    for (const round of [0, 1, 2]) {
      const writers = Array.from({ length: 20 }, (_, index) => `${round}: writer ${index}`);
      const key = `race/${round}`;
      const outcomes = await Promise.allSettled(
        writers.map((each, index) =>
          (index % 2 === 0 ? store : other).put(key, text(each), { signal, condition: { kind: "absent" } }),
        ),
      );
      assertOneWinner(writers, outcomes, await contentOf(store, key));

      const found = await store.get(key, { signal });
      assert.ok(found);
      const condition = { kind: "match", etag: found.etag } as const;
      const successors = writers.map((each) => `${each} again`);
      const again = await Promise.allSettled(
        successors.map((each, index) =>
          (index % 2 === 0 ? store : other).put(key, text(each), { signal, condition }),
        ),
      );
      assertOneWinner(successors, again, await contentOf(store, key));
    }
  });

  it("should list by a prefix of the key, with sizes", async () => {
    const keys = ["a", "b/1", "b/10", "b/c/2", "bc", "b-d/3", ".hidden/x_y.z"];
    for (const key of keys) await store.put(key, text(key), { signal });
    assert.deepEqual(await keysOf(other, ""), [...keys].sort());
    assert.deepEqual(await keysOf(other, "b/"), ["b/1", "b/10", "b/c/2"]);
    assert.deepEqual(await keysOf(other, "b"), ["b-d/3", "b/1", "b/10", "b/c/2", "bc"]);
    assert.deepEqual(await keysOf(other, "b/1"), ["b/1", "b/10"]);
    assert.deepEqual(await keysOf(other, "b/c/"), ["b/c/2"]);
    assert.deepEqual(await keysOf(other, "nothing/"), []);
    for await (const { key, size, modifiedAt } of other.list("", { signal })) {
      assert.equal(size, key.length);
      assert.ok(Math.abs(modifiedAt - Date.now()) < 24 * 3_600_000, "the store's clock is no clock");
    }
  });

  it("should delete, and have no quarrel with what is gone already", async () => {
    await store.put("x/1", text("1"), { signal });
    await store.put("x/2", text("2"), { signal });
    await other.delete("x/1", { signal });
    await store.delete("x/1", { signal });
    await store.delete("never/was", { signal });
    assert.equal(await store.get("x/1", { signal }), null);
    assert.deepEqual(await keysOf(store, ""), ["x/2"]);
  });

  it("should refuse what is no key", async () => {
    for (const key of ["", "/a", "a/", "a//b", "../a", "a/../b", "a/.", "ä", "a b", "a\\b", "a\0b"]) {
      await assert.rejects(async () => store.get(key, { signal }), TypeError, key);
      await assert.rejects(async () => store.put(key, text("x"), { signal }), TypeError, key);
      await assert.rejects(async () => store.delete(key, { signal }), TypeError, key);
    }
    await assert.rejects(() => keysOf(store, "../"), TypeError);
    assert.deepEqual(await keysOf(store, ""), []);
  });

  it("should do nothing once cancelled", async () => {
    await store.put("kept", text("kept"), { signal });
    const cancelled = AbortSignal.abort();
    const isAbort = (thrown: unknown) => thrown instanceof Error && thrown.name === "AbortError";
    await assert.rejects(async () => store.get("kept", { signal: cancelled }), isAbort);
    await assert.rejects(async () => store.put("new", text("x"), { signal: cancelled }), isAbort);
    await assert.rejects(async () => store.delete("kept", { signal: cancelled }), isAbort);
    await assert.rejects(async () => {
      for await (const { key } of store.list("", { signal: cancelled })) assert.fail(key);
    }, isAbort);
    assert.deepEqual(await keysOf(store, ""), ["kept"]);
  });
}

/** Every writer must hear how it ended, and the content must be the one winner's. */
function assertOneWinner(
  writers: readonly string[],
  outcomes: readonly PromiseSettledResult<{ etag: string } | null>[],
  content: string | null,
): void {
  const winners = writers.filter((_, index) => {
    const outcome = outcomes[index];
    if (outcome?.status !== "fulfilled") assert.fail(String(outcome?.reason));
    return outcome.value !== null;
  });
  assert.deepEqual(winners, [content]);
}
