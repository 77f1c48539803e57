export interface Blob {
  readonly bytes: Uint8Array;
  /** Opaque version of the object; changes with every write. */
  readonly etag: string;
}

/** What a listing says of an object. */
export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last written, by the store's own clock: milliseconds since 1970, to the second or finer. */
  readonly modifiedAt: number;
}

export type Condition = { readonly kind: "absent" } | { readonly kind: "match"; readonly etag: string };

export interface Range {
  /** Bytes from the start. */
  readonly offset: number;
  readonly length: number;
}

/** To be awaited before each piece of an object is sent, or after it was fetched; so many bytes. */
export type Pace = (bytes: number) => Promise<void>;

/** What a piece has at most, in bytes: small enough that a slow link does not look like a dead one. */
export const pieceBytes = 16 * 1024;

/**
 * Where objects live. Keys are slash-separated, made of [A-Za-z0-9._-], never beginning or ending with a
 * slash. A write is all or nothing and, once resolved, lasting and visible to every reader.
 *
 * Failures are ForkpointErrors: STORE_UNREACHABLE (worth trying again), STORE_DENIED,
 * STORE_BUCKET_MISSING, STORE_READ_ONLY, STORE_FULL. "Not there" is never a failure of reading, and a
 * failure of reading is never "not there".
 */
export interface BlobStore {
  /** For people; without credentials. */
  readonly url: string;
  /** Bytes of the caller's own; null when there is no such object. A range that goes past the end gives what there is. */
  get(key: string, options: { signal: AbortSignal; range?: Range; pace?: Pace }): Promise<Blob | null>;
  /**
   * With a condition, resolves to null and writes nothing when the condition does not hold. When the
   * outcome of a conditional write is unknown (a time-out), it rejects; the caller reads back. All bytes are
   * paced, each time they are sent.
   */
  put(
    key: string,
    bytes: Uint8Array,
    options: { signal: AbortSignal; condition?: Condition; pace?: Pace },
  ): Promise<{ etag: string } | null>;
  /** Every key below the prefix (a string prefix, as in S3), in no particular order. */
  list(prefix: string, options: { signal: AbortSignal }): AsyncIterable<ListedObject>;
  /** Deleting what is not there succeeds. */
  delete(key: string, options: { signal: AbortSignal }): Promise<void>;
}
