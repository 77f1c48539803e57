import { orAborted } from "../host/orAborted.ts";
import type { Blob, BlobStore, ListedObject } from "./blobStore.ts";

/**
 * Lets go of a store at once when a call is cancelled, also of one that hangs, such as a folder whose disk
 * does not answer. What was asked of it may still be done later, as when the process had been killed.
 */
export class PromptBlobStore implements BlobStore {
  readonly #store: BlobStore;

  constructor(store: BlobStore) {
    this.#store = store;
  }

  get url(): string {
    return this.#store.url;
  }

  get(...given: Parameters<BlobStore["get"]>): Promise<Blob | null> {
    return orAborted(this.#store.get(...given), given[1].signal);
  }

  put(...given: Parameters<BlobStore["put"]>): Promise<{ etag: string } | null> {
    return orAborted(this.#store.put(...given), given[2].signal);
  }

  async *list(...given: Parameters<BlobStore["list"]>): AsyncGenerator<ListedObject> {
    const objects = this.#store.list(...given)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await orAborted(objects.next(), given[1].signal);
        if (next.done) return;
        yield next.value;
      }
    } finally {
      // Not awaited: one that hangs does not end either.
      objects.return?.().catch(() => undefined);
    }
  }

  delete(...given: Parameters<BlobStore["delete"]>): Promise<void> {
    return orAborted(this.#store.delete(...given), given[1].signal);
  }
}
