import type { Blob, BlobStore, ListedObject } from "./blobStore.ts";

/**
 * A store whose code is loaded when it is first used: an agent that keeps its copies in a folder, or none,
 * does not pay for the library of another kind.
 */
export class DeferredBlobStore implements BlobStore {
  readonly url: string;
  readonly #load: () => Promise<BlobStore>;
  #store: Promise<BlobStore> | undefined;

  constructor(parts: { url: string; load: () => Promise<BlobStore> }) {
    this.url = parts.url;
    this.#load = parts.load;
  }

  async get(...given: Parameters<BlobStore["get"]>): Promise<Blob | null> {
    return (await this.#loaded()).get(...given);
  }

  async put(...given: Parameters<BlobStore["put"]>): Promise<{ etag: string } | null> {
    return (await this.#loaded()).put(...given);
  }

  async *list(...given: Parameters<BlobStore["list"]>): AsyncGenerator<ListedObject> {
    yield* (await this.#loaded()).list(...given);
  }

  async delete(...given: Parameters<BlobStore["delete"]>): Promise<void> {
    await (await this.#loaded()).delete(...given);
  }

  #loaded(): Promise<BlobStore> {
    this.#store ??= this.#load();
    return this.#store;
  }
}
