import type { Blob, BlobStore, Condition, Range } from "../../../../agent/blobstore/blobStore.ts";
import { ForkpointError } from "../../../../agent/protocol/errors.ts";

export type Operation = "get" | "put" | "list" | "delete";

/** Runs what a test gives before each operation: to stop it, to hold it up, or to let others act in between. */
export class InterceptedStore implements BlobStore {
  #below: BlobStore;
  /** Called before each operation; what it throws is what the operation throws. */
  before: (operation: Operation, key: string) => Promise<void> | void = () => undefined;

  constructor(below: BlobStore) {
    this.#below = below;
  }

  /** What the operations that follow reach. */
  replaceBelow(below: BlobStore): void {
    this.#below = below;
  }

  get url(): string {
    return this.#below.url;
  }

  async get(key: string, options: { signal: AbortSignal; range?: Range }): Promise<Blob | null> {
    await this.before("get", key);
    options.signal.throwIfAborted();
    return this.#below.get(key, options);
  }

  async put(key: string, bytes: Uint8Array, options: { signal: AbortSignal; condition?: Condition }) {
    await this.before("put", key);
    options.signal.throwIfAborted();
    return this.#below.put(key, bytes, options);
  }

  async *list(prefix: string, options: { signal: AbortSignal }) {
    await this.before("list", prefix);
    yield* this.#below.list(prefix, options);
  }

  async delete(key: string, options: { signal: AbortSignal }): Promise<void> {
    await this.before("delete", key);
    await this.#below.delete(key, options);
  }
}

export function unreachable(): ForkpointError {
  return new ForkpointError("STORE_UNREACHABLE", "The store does not answer.");
}
