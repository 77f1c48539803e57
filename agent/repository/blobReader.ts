import type { BlobStore } from "../blobstore/blobStore.ts";
import { freeBuffer } from "../host/freeBuffer.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { decodeBlob, isBlob, type BlobKind, type BlobLocation, type BlobRef } from "./blob.ts";
import type { BlobIndex } from "./blobIndex.ts";
import { damaged, missing, type Digest } from "./digest.ts";
import { objectKeys } from "./objectKeys.ts";
import { FrameReader } from "./frameReader.ts";
import { openBlob, unsealBlob } from "./packFormat.ts";
import { PackWindows } from "./packWindows.ts";
import type { Sealing } from "./sealing.ts";

/** Ranges of a pack closer than this are read in one request. */
const gapBytes = 128 * 1024;
const rangeBytes = 8 * 1024 * 1024;
const requestsAtOnce = 4;

/** A run of a pack that is read in one request. */
interface Span {
  readonly pack: Digest;
  readonly offset: number;
  end: number;
  readonly blobs: BlobLocation[];
}

/** Reads blobs by name. Whatever it returns was proven to be what the name says. */
export class BlobReader {
  readonly #store: BlobStore;
  readonly #index: BlobIndex;
  readonly #windows: PackWindows;
  readonly #sealing: Sealing;
  /** Those that have nothing to do. */
  readonly #frameReaders: FrameReader[] = [];

  constructor(store: BlobStore, index: BlobIndex, sealing: Sealing) {
    this.#store = store;
    this.#sealing = sealing;
    this.#index = index;
    this.#windows = new PackWindows(store);
  }

  /** @throws ForkpointError OBJECT_MISSING, OBJECT_DAMAGED, STORE_* */
  async read(kind: BlobKind, id: Digest, signal: AbortSignal): Promise<Buffer> {
    const [bytes] = await this.readMany([{ kind, id }], signal);
    if (!bytes) throw missing(`${kind} ${id}`);
    return bytes;
  }

  /** As `read`, for many at once, in the order asked for; neighbours in a pack share a request. */
  async readMany(refs: readonly BlobRef[], signal: AbortSignal): Promise<Buffer[]> {
    try {
      return await this.#readMany(refs, signal);
    } catch (thrown) {
      if (!(thrown instanceof ForkpointError) || thrown.code !== "OBJECT_MISSING") throw thrown;
    }
    // A pack may have been replaced by another since the indexes were read.
    await this.#index.refresh(signal);
    return this.#readMany(refs, signal);
  }

  async #readMany(refs: readonly BlobRef[], signal: AbortSignal): Promise<Buffer[]> {
    const plain = new Map<string, Buffer>();
    const located = await this.#locate(refs, signal);
    for (const blob of located.filter(({ kind }) => kind !== "chunk")) {
      const read = () => this.#windows.read(blob.pack, blob.offset, blob.storedLength, signal);
      plain.set(blob.kind + blob.id, await this.#open(blob, read, signal));
    }
    const spans = toSpans(located.filter(({ kind }) => kind === "chunk"));
    const next = spans[Symbol.iterator]();
    const lane = async () => {
      for (const span of next) await this.#readSpan(span, plain, signal);
    };
    await Promise.all(Array.from({ length: Math.min(requestsAtOnce, spans.length) }, lane));
    return refs.map(({ kind, id }) => {
      const bytes = plain.get(kind + id);
      if (!bytes) throw missing(`${kind} ${id}`);
      return bytes;
    });
  }

  /** Where the blobs lie. Looks into the store again when one is unknown: another machine may have added it. */
  async #locate(refs: readonly BlobRef[], signal: AbortSignal): Promise<BlobLocation[]> {
    const find = () => new Map(refs.map((ref) => [ref.kind + ref.id, this.#index.find(ref)]));
    let found = find();
    if ([...found.values()].includes(null)) {
      await this.#index.refresh(signal);
      found = find();
    }
    return [...found].map(([key, location]) => {
      if (!location) throw missing(`blob ${key.slice(-64)}`);
      return location;
    });
  }

  async #readSpan(span: Span, plain: Map<string, Buffer>, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const range = { offset: span.offset, length: span.end - span.offset };
    const found = await this.#store.get(objectKeys.pack(span.pack), { signal, range });
    if (!found) throw missing(`pack ${span.pack}`);
    let isUsed = false;
    for (const blob of span.blobs) {
      const at = blob.offset - span.offset;
      const stored = found.bytes.subarray(at, at + blob.storedLength);
      const opened = await this.#open(blob, () => stored, signal);
      plain.set(blob.kind + blob.id, opened);
      isUsed ||= opened.buffer === found.bytes.buffer;
    }
    if (!isUsed) freeBuffer(found.bytes);
  }

  async #plain(blob: BlobLocation, stored: Uint8Array): Promise<Buffer> {
    const isBulk = blob.kind === "chunk" && blob.encoding === "zstd";
    if (!isBulk) return openBlob(blob, stored, this.#sealing);
    const encoded = unsealBlob(blob, stored, this.#sealing);
    const reader = this.#frameReaders.pop() ?? new FrameReader();
    const plain = await reader.open(encoded, blob.plainLength);
    if (plain && isBlob(blob, plain, this.#sealing)) {
      this.#frameReaders.push(reader);
      if (encoded.buffer !== stored.buffer) freeBuffer(encoded);
      return plain;
    }
    reader.close();
    // What another frame has left in the reader must not speak against this one.
    return decodeBlob(blob, encoded, this.#sealing);
  }

  /** A bad answer of the store is asked for once more, by itself; damage stays damage. */
  async #open(
    blob: BlobLocation,
    read: () => Promise<Uint8Array> | Uint8Array,
    signal: AbortSignal,
  ): Promise<Buffer> {
    try {
      return await this.#plain(blob, await read());
    } catch (thrown) {
      if (!(thrown instanceof ForkpointError) || thrown.code !== "OBJECT_DAMAGED") throw thrown;
    }
    this.#windows.forget(blob.pack);
    const range = { offset: blob.offset, length: blob.storedLength };
    const found = await this.#store.get(objectKeys.pack(blob.pack), { signal, range });
    if (!found) throw missing(`pack ${blob.pack}`);
    if (found.bytes.length < range.length) throw damaged(`pack ${blob.pack}`, "it is truncated");
    return openBlob(blob, found.bytes, this.#sealing);
  }
}

function toSpans(locations: readonly BlobLocation[]): Span[] {
  const sorted = locations.toSorted((a, b) =>
    a.pack === b.pack ? a.offset - b.offset : a.pack < b.pack ? -1 : 1,
  );
  const spans: Span[] = [];
  for (const blob of sorted) {
    const end = blob.offset + blob.storedLength;
    const last = spans.at(-1);
    if (last?.pack === blob.pack && blob.offset - last.end <= gapBytes && end - last.offset <= rangeBytes) {
      last.end = Math.max(last.end, end);
      last.blobs.push(blob);
    } else spans.push({ pack: blob.pack, offset: blob.offset, end, blobs: [blob] });
  }
  return spans;
}
