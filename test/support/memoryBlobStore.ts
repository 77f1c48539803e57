import { checkKey, checkPrefix } from "../../agent/blobstore/objectKey.ts";
import type { Blob, BlobStore, Condition, Range } from "../../agent/blobstore/blobStore.ts";

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

  get(key: string, { signal, range }: { signal: AbortSignal; range?: Range }): Promise<Blob | null> {
    checkKey(key);
    signal.throwIfAborted();
    const found = this.objects.get(key);
    if (!found) return Promise.resolve(null);
    const { offset, length } = range ?? { offset: 0, length: found.bytes.length };
    return Promise.resolve({ bytes: found.bytes.subarray(offset, offset + length), etag: found.etag });
  }

  put(
    key: string,
    bytes: Uint8Array,
    { signal, condition }: { signal: AbortSignal; condition?: Condition },
  ): Promise<{ etag: string } | null> {
    checkKey(key);
    signal.throwIfAborted();
    const found = this.objects.get(key);
    if (condition?.kind === "absent" && found) return Promise.resolve(null);
    if (condition?.kind === "match" && found?.etag !== condition.etag) return Promise.resolve(null);
    const etag = String(++this.#version);
    this.objects.set(key, { bytes: Buffer.from(bytes), etag, modifiedAt: this.now() });
    this.puts.push({ key, size: bytes.length });
    return Promise.resolve({ etag });
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
