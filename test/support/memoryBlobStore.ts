import { checkKey, checkPrefix } from "../../agent/blobstore/objectKey.ts";
import {
  pieceBytes,
  type Blob,
  type BlobStore,
  type Condition,
  type Pace,
  type Range,
} from "../../agent/blobstore/blobStore.ts";

/** A store that lives as long as the test, and counts what is asked of it. */
export class MemoryBlobStore implements BlobStore {
  readonly url: string;
  readonly objects = new Map<string, { bytes: Buffer; etag: string; modifiedAt?: number }>();
  readonly puts: { key: string; size: number }[] = [];
  /** The store's own clock. */
  now: () => number = Date.now;
  #version = 0;

  constructor(url = "memory:") {
    this.url = url;
  }

  async get(
    key: string,
    { signal, range, pace }: { signal: AbortSignal; range?: Range; pace?: Pace },
  ): Promise<Blob | null> {
    checkKey(key);
    signal.throwIfAborted();
    const found = this.objects.get(key);
    if (!found) return null;
    const { offset, length } = range ?? { offset: 0, length: found.bytes.length };
    const bytes = Buffer.from(found.bytes.subarray(offset, offset + length));
    await paced(bytes, pace);
    return { bytes, etag: found.etag };
  }

  async put(
    key: string,
    bytes: Uint8Array,
    { signal, condition, pace }: { signal: AbortSignal; condition?: Condition; pace?: Pace },
  ): Promise<{ etag: string } | null> {
    checkKey(key);
    signal.throwIfAborted();
    await paced(bytes, pace);
    const found = this.objects.get(key);
    if (condition?.kind === "absent" && found) return null;
    if (condition?.kind === "match" && found?.etag !== condition.etag) return null;
    const etag = String(++this.#version);
    this.objects.set(key, { bytes: Buffer.from(bytes), etag, modifiedAt: this.now() });
    this.puts.push({ key, size: bytes.length });
    return { etag };
  }

  async *list(prefix: string, { signal }: { signal: AbortSignal }) {
    checkPrefix(prefix);
    signal.throwIfAborted();
    await Promise.resolve();
    for (const [key, { bytes, modifiedAt = 0 }] of [...this.objects]) {
      signal.throwIfAborted();
      if (key.startsWith(prefix)) yield { key, size: bytes.length, modifiedAt };
    }
  }

  delete(key: string, { signal }: { signal: AbortSignal }): Promise<void> {
    checkKey(key);
    signal.throwIfAborted();
    this.objects.delete(key);
    return Promise.resolve();
  }

  /** The keys that begin so. */
  keys(prefix: string): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix));
  }
}

async function paced(bytes: Uint8Array, pace: Pace | undefined): Promise<void> {
  for (let at = 0; pace && at < bytes.length; at += pieceBytes) {
    await pace(Math.min(pieceBytes, bytes.length - at));
  }
}
