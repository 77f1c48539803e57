import type { Blob, BlobStore, Condition, Range } from "../../../../../agent/blobstore/blobStore.ts";

/** A store whose clock is the test's. */
export class AgedStore implements BlobStore {
  readonly url: string;
  readonly #below: BlobStore;
  readonly #now: () => number;
  readonly #writtenAt = new Map<string, number>();
  /** How many packs were deleted that were there. */
  deletedPacks = 0;

  constructor(below: BlobStore, now: () => number) {
    this.url = below.url;
    this.#below = below;
    this.#now = now;
  }

  get(key: string, options: { signal: AbortSignal; range?: Range }): Promise<Blob | null> {
    return this.#below.get(key, options);
  }

  async put(key: string, bytes: Uint8Array, options: { signal: AbortSignal; condition?: Condition }) {
    const at = this.#now();
    const written = await this.#below.put(key, bytes, options);
    if (written) this.#writtenAt.set(key, at);
    return written;
  }

  async *list(prefix: string, options: { signal: AbortSignal }) {
    for await (const object of this.#below.list(prefix, options)) {
      yield { ...object, modifiedAt: this.#writtenAt.get(object.key) ?? 0 };
    }
  }

  async delete(key: string, options: { signal: AbortSignal }): Promise<void> {
    await this.#below.delete(key, options);
    if (this.#writtenAt.delete(key) && key.startsWith("packs/")) this.deletedPacks++;
  }
}
