import type { Blob, BlobStore, Condition, ListedObject, Pace, Range } from "./blobStore.ts";
import type { ByteRate, TransferRates } from "./byteRate.ts";

/**
 * Sends and fetches the bytes of objects no faster than the rates allow. What else goes over the network,
 * such as listings, is little and not counted.
 */
export class LimitedBlobStore implements BlobStore {
  readonly #store: BlobStore;
  readonly #rates: TransferRates;

  constructor(parts: { store: BlobStore; rates: TransferRates }) {
    this.#store = parts.store;
    this.#rates = parts.rates;
  }

  get url(): string {
    return this.#store.url;
  }

  get(key: string, options: { signal: AbortSignal; range?: Range }): Promise<Blob | null> {
    return this.#store.get(key, { ...options, ...paceOf(this.#rates.download, options.signal) });
  }

  put(
    key: string,
    bytes: Uint8Array,
    options: { signal: AbortSignal; condition?: Condition },
  ): Promise<{ etag: string } | null> {
    return this.#store.put(key, bytes, { ...options, ...paceOf(this.#rates.upload, options.signal) });
  }

  list(prefix: string, options: { signal: AbortSignal }): AsyncIterable<ListedObject> {
    return this.#store.list(prefix, options);
  }

  delete(key: string, options: { signal: AbortSignal }): Promise<void> {
    return this.#store.delete(key, options);
  }
}

/** Without a limit objects go in one piece, as fast as they can. */
function paceOf(rate: ByteRate, signal: AbortSignal): { pace?: Pace } {
  return rate.limit === null ? {} : { pace: (bytes) => rate.take(bytes, signal) };
}
