import type { BlobStore } from "../blobstore/blobStore.ts";
import type { BlobLocation, BlobRef } from "./blob.ts";
import { damaged, digestOf, isDigest, missing, type Digest } from "./digest.ts";
import type { IndexCache } from "./indexCache.ts";
import { decodeIndex, encodeIndex, type IndexedPack } from "./indexFormat.ts";
import { objectKeys } from "./objectKeys.ts";
import { roles, type Sealing } from "./sealing.ts";

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

  find(ref: BlobRef): BlobLocation | null {
    return this.#cache.find(ref);
  }

  /**
   * Takes in what other writers added to the store and forgets what is no longer there.
   * @throws ForkpointError OBJECT_DAMAGED, OBJECT_MISSING, REPOSITORY_NEWER, STORE_*
   */
  async refresh(signal: AbortSignal): Promise<void> {
    const present = new Set<Digest>();
    for await (const { key } of this.#store.list(objectKeys.indexes, { signal })) {
      const id = key.slice(objectKeys.indexes.length);
      if (isDigest(id)) present.add(id);
    }
    const known = this.#cache.indexes();
    for (const id of present) {
      if (!known.has(id)) await this.#load(id, signal);
    }
    const superseded = this.#cache.superseded();
    this.#cache.keepOnly(new Set([...present].filter((id) => !superseded.has(id))));
  }

  /** Makes the blobs of these packs known to everyone. The packs must be in the store already. */
  async publish(packs: readonly IndexedPack[], signal: AbortSignal): Promise<number> {
    const index = { packs, supersedes: [] };
    const bytes = this.#sealing.seal(roles.index, encodeIndex(index));
    const id = digestOf(bytes);
    await this.#store.put(objectKeys.index(id), bytes, { signal });
    this.#cache.add(id, index);
    return bytes.length;
  }

  async #load(id: Digest, signal: AbortSignal): Promise<void> {
    const found = await this.#store.get(objectKeys.index(id), { signal });
    // Listed a moment ago: either it was lost, or collected and replaced by one that was listed too.
    if (!found) throw missing(`index ${id}`);
    if (digestOf(found.bytes) !== id) throw damaged(`index ${id}`, "its bytes do not match its name");
    const bytes = this.#sealing.open(roles.index, `index ${id}`, found.bytes);
    this.#cache.add(id, decodeIndex(id, bytes, this.#sealing));
  }
}
