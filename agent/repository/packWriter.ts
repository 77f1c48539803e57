import { randomBytes } from "node:crypto";
import type { BlobStore } from "../blobstore/blobStore.ts";
import { chooseEncoding, encodeBlob, type BlobKind, type Encoding } from "./blob.ts";
import type { BlobIndex } from "./blobIndex.ts";
import { digestOf, type Digest } from "./digest.ts";
import { FrameMaker } from "./frameMaker.ts";
import type { IndexedPack } from "./indexFormat.ts";
import { objectKeys } from "./objectKeys.ts";
import { PackBuilder } from "./packFormat.ts";
import type { Sealing } from "./sealing.ts";
import type { UnnamedPacks } from "./unnamedPacks.ts";

/** A pack is closed once its blobs reach this many bytes. */
const packBytes = 8 * 1024 * 1024;
/** Room for that, the blob that goes beyond it, and the footer. */
const packRoom = packBytes + 2 * 1024 * 1024;
const uploadsAtOnce = 2;
const compressionsAtOnce = 8;
/** Below this, handing a blob to another thread costs more than compressing it here. */
const compressHereBytes = 32 * 1024;
/** An index is published each time this many packs are in the store, so that a cut push loses little. */
const packsPerIndex = 16;

/**
 * No two packs are ever named the same, so that one which is being deleted cannot be written again. Packs
 * with a salt of their own need no more for that.
 */
const uniqueBytes = 16;

/** How a writer keeps clear of what is collected meanwhile; see garbage/pushFence.ts. */
export interface PackGuard {
  /** Packs that are about to go: a blob that only they hold is stored again. */
  readonly avoid: ReadonlySet<Digest>;
  /** Called before an index is published; what it throws ends the writing. */
  readonly beforeIndex: (packs: readonly IndexedPack[]) => Promise<void>;
}

const unguarded: PackGuard = { avoid: new Set(), beforeIndex: () => Promise.resolve() };

type PackName = "chunks" | "structure";

interface Encoded {
  readonly blob: { kind: BlobKind; id: Digest; encoding: Encoding; plainLength: number };
  readonly stored: Uint8Array;
  readonly release: () => void;
}

/**
 * Gathers new blobs into packs and puts them into the store, in the order: packs, then an index.
 * Blobs the repository has already are not stored again. Holds a few packs in memory at most.
 * Chunks go to packs of their own, so that reading trees alone touches few packs.
 */
export class PackWriter {
  readonly #store: BlobStore;
  readonly #index: BlobIndex;
  readonly #sealing: Sealing;
  readonly #unnamed: UnnamedPacks;
  readonly #signal: AbortSignal;
  readonly #guard: PackGuard;
  /** Blobs that no index names yet. */
  readonly #added = new Set<string>();
  readonly #open: Record<PackName, PackBuilder | null> = { chunks: null, structure: null };
  readonly #uploads = new Set<Promise<void>>();
  readonly #packs: IndexedPack[] = [];
  readonly #compressing: Promise<Encoded>[] = [];
  readonly #frameMakers: FrameMaker[] = [];
  /** Those of them whose frame nobody uses. */
  readonly #idle: FrameMaker[] = [];
  /** Buffers of `packRoom` to be used again: as garbage, several would lie about until they are collected. */
  readonly #spare: Buffer[] = [];
  #failure: Error | null = null;
  #bytesStored = 0;

  constructor(
    parts: {
      readonly store: BlobStore;
      readonly index: BlobIndex;
      readonly sealing: Sealing;
      readonly unnamed: UnnamedPacks;
    },
    signal: AbortSignal,
    guard: PackGuard = unguarded,
  ) {
    const { store, index, sealing, unnamed } = parts;
    this.#store = store;
    this.#index = index;
    this.#sealing = sealing;
    this.#unnamed = unnamed;
    this.#signal = signal;
    this.#guard = guard;
  }

  /** Bytes sent to the store so far: packs and indexes. */
  get bytesStored(): number {
    return this.#bytesStored;
  }

  /**
   * Stores the blob unless it is there already, and names it. `plain` must not change until `release`
   * is called, which may be before or after this resolves.
   * @param compressed its zstd frame, where that is at hand already
   */
  async add(
    kind: BlobKind,
    plain: Buffer,
    release: () => void = () => undefined,
    compressed: Uint8Array | null = null,
  ): Promise<Digest> {
    const id = this.#sealing.nameBlob(kind, plain);
    const key = kind + id;
    const known = this.#added.has(key) || this.#index.find({ kind, id }, this.#guard.avoid) !== null;
    if (!known) this.#added.add(key);
    if (known) release();
    else if (compressed) {
      await this.#append(toEncoded(kind, id, plain, chooseEncoding(plain, compressed), release));
    } else if (plain.length < compressHereBytes) {
      await this.#append(toEncoded(kind, id, plain, encodeBlob(plain), release));
    } else {
      const compressing = this.#compress(kind, id, plain, release);
      // Reported where it is awaited.
      compressing.catch(() => undefined);
      this.#compressing.push(compressing);
      if (this.#compressing.length > compressionsAtOnce) await this.#takeOldest();
    }
    return id;
  }

  /** Puts what is still open into packs; when it resolves, every pack is in the store. */
  async finishPacks(): Promise<void> {
    await this.#settle();
    await this.#close("chunks");
    await this.#close("structure");
    await Promise.all(this.#uploads);
    this.#endFrameMakers();
    this.#check();
  }

  /** Publishes the packs that no index describes yet. To be called after `finishPacks`. */
  async finishIndex(): Promise<void> {
    if (this.#packs.length === 0) return;
    const packs = [...this.#packs];
    await this.#guard.beforeIndex(packs);
    this.#bytesStored += await this.#index.publish(packs, this.#signal);
    this.#packs.splice(0, packs.length);
    this.#unnamed.forget(packs);
    for (const { records } of packs) for (const { kind, id } of records) this.#added.delete(kind + id);
  }

  /** Waits until nothing is under way any more, whatever came of it. What is in the store is left to the next. */
  async abandon(): Promise<void> {
    await Promise.allSettled([...this.#compressing, ...this.#uploads]);
    this.#endFrameMakers();
    this.#unnamed.leave(this.#packs);
  }

  async #compress(kind: BlobKind, id: Digest, plain: Buffer, release: () => void): Promise<Encoded> {
    const maker = this.#idle.pop() ?? this.#newFrameMaker();
    const frame = await maker.frame(plain);
    return toEncoded(kind, id, plain, chooseEncoding(plain, frame), () => {
      release();
      this.#idle.push(maker);
    });
  }

  #newFrameMaker(): FrameMaker {
    const maker = new FrameMaker();
    this.#frameMakers.push(maker);
    return maker;
  }

  #endFrameMakers(): void {
    this.#idle.length = 0;
    for (const maker of this.#frameMakers.splice(0)) maker.close();
  }

  async #settle(): Promise<void> {
    while (this.#compressing.length > 0) await this.#takeOldest();
  }

  /** Into the pack, while the others go on being compressed. */
  async #takeOldest(): Promise<void> {
    const oldest = this.#compressing.shift();
    if (oldest) await this.#append(await oldest);
  }

  async #append({ blob, stored, release }: Encoded): Promise<void> {
    const name = blob.kind === "chunk" ? "chunks" : "structure";
    // A pack of trees is mostly small: it grows as it is filled.
    const pack = (this.#open[name] ??= new PackBuilder(
      name === "chunks" ? (this.#spare.pop() ?? Buffer.allocUnsafeSlow(packRoom)) : 64 * 1024,
      this.#sealing.newPack(),
      this.#sealing.saltBytes > 0 ? undefined : randomBytes(uniqueBytes),
    ));
    pack.add(blob, stored);
    release();
    if (pack.size >= packBytes) await this.#close(name);
  }

  async #close(name: PackName): Promise<void> {
    const pack = this.#open[name];
    if (!pack) return;
    this.#open[name] = null;
    while (this.#uploads.size >= uploadsAtOnce) await Promise.race(this.#uploads);
    this.#check();
    const upload = this.#upload(pack).catch((thrown: unknown) => {
      this.#failure ??= thrown instanceof Error ? thrown : new Error(String(thrown));
    });
    this.#uploads.add(upload);
    void upload.finally(() => this.#uploads.delete(upload));
    if (this.#packs.length >= packsPerIndex) await this.finishIndex();
  }

  async #upload(pack: PackBuilder): Promise<void> {
    const bytes = pack.finish();
    const id = digestOf(bytes);
    await this.#store.put(objectKeys.pack(id), bytes, { signal: this.#signal });
    if (bytes.buffer.byteLength === packRoom) this.#spare.push(Buffer.from(bytes.buffer));
    this.#bytesStored += bytes.length;
    const stored = { id, size: bytes.length, salt: pack.salt, records: pack.records };
    this.#unnamed.add(stored);
    this.#packs.push(stored);
  }

  #check(): void {
    this.#signal.throwIfAborted();
    if (this.#failure !== null) throw this.#failure;
  }
}

function toEncoded(
  kind: BlobKind,
  id: Digest,
  plain: Buffer,
  { encoding, stored }: { encoding: Encoding; stored: Uint8Array },
  release: () => void,
): Encoded {
  return { blob: { kind, id, encoding, plainLength: plain.length }, stored, release };
}
