import type { BlobStore } from "../blobstore/blobStore.ts";
import { damaged, missing, type Digest } from "./digest.ts";
import { objectKeys } from "./objectKeys.ts";

const windowBytes = 1024 * 1024;
/** Of small packs, such as small pushes make, that is many windows. */
const keptBytes = 8 * windowBytes;

/**
 * Reads small parts of packs through windows of a MiB, of which the last ones are kept, 8 MiB in all: directories that
 * were written together are asked for together, so one request answers for hundreds of them.
 */
export class PackWindows {
  readonly #store: BlobStore;
  /** In the order of last use. */
  readonly #windows = new Map<string, Promise<Uint8Array>>();
  /** How long those are that have come. */
  readonly #lengths = new Map<string, number>();
  #bytes = 0;

  constructor(store: BlobStore) {
    this.#store = store;
  }

  /** @throws ForkpointError OBJECT_MISSING, OBJECT_DAMAGED when the pack ends before, STORE_* */
  async read(pack: Digest, offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
    const first = Math.floor(offset / windowBytes);
    const last = Math.floor((offset + Math.max(length, 1) - 1) / windowBytes);
    const numbers = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    const windows = await Promise.all(numbers.map((number) => this.#window(pack, number, signal)));
    const [only] = windows;
    const all = windows.length === 1 && only ? Buffer.from(only.buffer, only.byteOffset, only.length) : null;
    const bytes = (all ?? Buffer.concat(windows)).subarray(offset - first * windowBytes).subarray(0, length);
    if (bytes.length < length) throw damaged(`pack ${pack}`, "it is truncated");
    return bytes;
  }

  /** The next reads of a pack ask the store again. */
  forget(pack: Digest): void {
    for (const key of [...this.#windows.keys()]) if (key.startsWith(`${pack}/`)) this.#drop(key);
  }

  async #window(pack: Digest, number: number, signal: AbortSignal): Promise<Uint8Array> {
    const key = `${pack}/${number}`;
    const kept = this.#windows.get(key);
    if (kept) {
      this.#windows.delete(key);
      this.#windows.set(key, kept);
      try {
        return await kept;
      } catch {
        // Whoever began to load it may have been cancelled.
        signal.throwIfAborted();
        return this.#window(pack, number, signal);
      }
    }
    const loading = this.#load(pack, number, signal);
    this.#windows.set(key, loading);
    try {
      const window = await loading;
      if (this.#windows.get(key) === loading) this.#count(key, window.length);
      return window;
    } catch (thrown) {
      if (this.#windows.get(key) === loading) this.#drop(key);
      throw thrown;
    }
  }

  #count(key: string, length: number): void {
    this.#lengths.set(key, length);
    this.#bytes += length;
    for (const [oldest] of this.#windows) {
      if (this.#bytes <= keptBytes) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#windows.delete(key);
    this.#bytes -= this.#lengths.get(key) ?? 0;
    this.#lengths.delete(key);
  }

  async #load(pack: Digest, number: number, signal: AbortSignal): Promise<Uint8Array> {
    const range = { offset: number * windowBytes, length: windowBytes };
    const found = await this.#store.get(objectKeys.pack(pack), { signal, range });
    if (!found) throw missing(`pack ${pack}`);
    return found.bytes;
  }
}
