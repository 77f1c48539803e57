import assert from "node:assert/strict";
import type { BlobStore } from "../../../agent/blobstore/blobStore.ts";
import { PromptBlobStore } from "../../../agent/blobstore/promptBlobStore.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { itIsABlobStore } from "./rig/conformance.ts";

const bytes = Buffer.from("content");
const never = () => new Promise<never>(() => undefined);

/** Answers nothing, cancelled or not. */
const hanging: BlobStore = {
  url: "hangs:",
  get: never,
  put: never,
  delete: never,
  list: () => ({ [Symbol.asyncIterator]: () => ({ next: never, return: never }) }),
};

describe("PromptBlobStore", () => {
  describe("as a store", () => {
    itIsABlobStore(() => {
      const store = new PromptBlobStore(new MemoryBlobStore());
      return Promise.resolve({ store, other: store });
    });
  });

  const store = new PromptBlobStore(hanging);
  const calls: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
    get: (signal) => store.get("key", { signal }),
    put: (signal) => store.put("key", bytes, { signal }),
    delete: (signal) => store.delete("key", { signal }),
    list: async (signal) => {
      for await (const { key } of store.list("", { signal })) assert.fail(key);
    },
  };
  for (const [name, call] of Object.entries(calls)) {
    it(`should let go of a ${name} that hangs, before and after it began`, async () => {
      const cancel = new AbortController();
      const begun = call(cancel.signal);
      setImmediate(() => cancel.abort());
      await assert.rejects(begun, { name: "AbortError" });
      await assert.rejects(call(cancel.signal), { name: "AbortError" });
    });
  }

  it("should not wait for a listing that its reader leaves", async () => {
    const { signal } = new AbortController();
    const endless = new PromptBlobStore({
      ...hanging,
      list: () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.resolve({ done: false, value: { key: "a", size: 1, modifiedAt: 0 } }),
          return: never,
        }),
      }),
    });
    for await (const { key } of endless.list("", { signal })) {
      assert.equal(key, "a");
      break;
    }
  });
});
