import { digestOf, type Digest } from "./digest.ts";
import type { IndexCache } from "./indexCache.ts";
import { decodeIndex, encodeIndex, type IndexedPack } from "./indexFormat.ts";
import type { Sealing } from "./sealing.ts";

/**
 * Packs that this machine has put into the store and that no index names yet. What a push leaves that was
 * ended on its way is written down here, so that the next one names it instead of sending it again. Only a
 * memory: without it, the same is sent once more, and what lies unnamed is collected.
 */
export class UnnamedPacks {
  readonly #cache: IndexCache;
  readonly #sealing: Sealing;
  /** Somebody is about to name them. */
  readonly #busy = new Set<Digest>();

  constructor(cache: IndexCache, sealing: Sealing) {
    this.#cache = cache;
    this.#sealing = sealing;
  }

  /** The pack is in the store, and whoever says so is about to name it. */
  add(pack: IndexedPack): void {
    this.#busy.add(pack.id);
    this.#cache.addUnnamed(pack.id, encodeIndex({ packs: [pack], supersedes: [] }));
  }

  /** Nobody is about to name them any more. */
  leave(packs: readonly IndexedPack[]): void {
    for (const { id } of packs) this.#busy.delete(id);
  }

  /** An index names them, or they are of no use. */
  forget(packs: readonly IndexedPack[]): void {
    this.leave(packs);
    this.#cache.removeUnnamed(packs.map(({ id }) => id));
  }

  /** What was left, for one caller to name or to `leave`. Whether it still is in the store must be looked up. */
  take(): IndexedPack[] {
    const found = this.#cache
      .unnamed()
      .flatMap((bytes) => decodeIndex(digestOf(bytes), bytes, this.#sealing).packs)
      .filter(({ id }) => !this.#busy.has(id));
    for (const { id } of found) this.#busy.add(id);
    return found;
  }
}
