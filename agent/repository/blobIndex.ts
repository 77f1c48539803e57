import { ForkpointError } from "../protocol/errors.ts";
import type { BlobStore } from "../blobstore/blobStore.ts";
import type { BlobLocation, BlobRef } from "./blob.ts";
import { damaged, digestOf, isDigest, type Digest } from "./digest.ts";
import type { IndexCache } from "./indexCache.ts";
import { decodeIndex, encodeIndex, type IndexedPack, type IndexObject } from "./indexFormat.ts";
import { objectKeys } from "./objectKeys.ts";
import { roles, type Sealing } from "./sealing.ts";
import { UnfoundIndexes } from "./unfoundIndexes.ts";

/** The index objects in the store, and the cache that answers for them. */
export class BlobIndex {
  readonly #store: BlobStore;
  readonly #cache: IndexCache;
  readonly #sealing: Sealing;

  constructor(store: BlobStore, cache: IndexCache, sealing: Sealing) {
    this.#store = store;
    this.#cache = cache;
    this.#sealing = sealing;
  }

  /** @param avoid packs that do not count */
  find(ref: BlobRef, avoid?: ReadonlySet<Digest>): BlobLocation | null {
    return this.#cache.find(ref, avoid);
  }

  /** Whether an index names the pack, as far as is known here. */
  names(pack: Digest): boolean {
    return this.#cache.names(pack);
  }

  /**
   * Takes in what other writers added to the store and forgets what is no longer there.
   * @throws ForkpointError OBJECT_DAMAGED, OBJECT_MISSING, REPOSITORY_NEWER, STORE_*
   */
  async refresh(signal: AbortSignal): Promise<void> {
    const present = await this.#takeIn(signal);
    const superseded = this.#cache.superseded();
    this.#cache.keepOnly(new Set([...present].filter((id) => !superseded.has(id))));
  }

  /** Makes the blobs of these packs known to everyone. The packs must be in the store already. */
  async publish(packs: readonly IndexedPack[], signal: AbortSignal): Promise<number> {
    return (await this.write({ packs, supersedes: [] }, signal)).bytes;
  }

  /** Stores an index object; once this resolves, readers go by it. */
  async write(index: IndexObject, signal: AbortSignal): Promise<{ id: Digest; bytes: number }> {
    const bytes = this.#sealing.seal(roles.index, encodeIndex(index));
    const id = digestOf(bytes);
    await this.#store.put(objectKeys.index(id), bytes, { signal });
    this.#cache.add(id, index);
    return { id, bytes: bytes.length };
  }

  /** The names of all index objects in the store, superseded ones among them. */
  async list(signal: AbortSignal): Promise<Set<Digest>> {
    const present = new Set<Digest>();
    for await (const { key } of this.#store.list(objectKeys.indexes, { signal })) {
      const id = key.slice(objectKeys.indexes.length);
      if (isDigest(id)) present.add(id);
    }
    return present;
  }

  /** An index object as it is in the store; null when it is not there. @throws ForkpointError OBJECT_DAMAGED */
  async read(id: Digest, signal: AbortSignal): Promise<IndexObject | null> {
    try {
      return await this.#read(id, signal);
    } catch (thrown) {
      if (!(thrown instanceof ForkpointError) || thrown.code !== "OBJECT_DAMAGED") throw thrown;
    }
    // A bad answer of the store is asked for once more.
    return this.#read(id, signal);
  }

  async #read(id: Digest, signal: AbortSignal): Promise<IndexObject | null> {
    const found = await this.#store.get(objectKeys.index(id), { signal });
    if (!found) return null;
    if (digestOf(found.bytes) !== id) throw damaged(`index ${id}`, "its bytes do not match its name");
    const bytes = this.#sealing.open(roles.index, `index ${id}`, found.bytes);
    return decodeIndex(id, bytes, this.#sealing);
  }

  /** Deletes an index object. What it says must be said by another, or be void. */
  async remove(id: Digest, signal: AbortSignal): Promise<void> {
    await this.#store.delete(objectKeys.index(id), { signal });
  }

  /** Loads what is new; gives what is there. */
  async #takeIn(signal: AbortSignal): Promise<Set<Digest>> {
    const unfound = new UnfoundIndexes();
    for (;;) {
      const present = await this.list(signal);
      const known = this.#cache.indexes();
      const failures = new Map<Digest, unknown>();
      let isWhole = true;
      for (const id of present) {
        if (known.has(id)) continue;
        try {
          const index = await this.read(id, signal);
          if (index) this.#cache.add(id, index);
          else {
            unfound.note(id);
            isWhole = false;
          }
        } catch (thrown) {
          if (!(thrown instanceof ForkpointError) || thrown.code !== "OBJECT_DAMAGED") throw thrown;
          failures.set(id, thrown);
        }
      }
      // What another index supersedes need not be readable.
      const superseded = this.#cache.superseded();
      for (const [id, failure] of failures) if (!superseded.has(id)) throw failure;
      if (isWhole) return present;
    }
  }
}
