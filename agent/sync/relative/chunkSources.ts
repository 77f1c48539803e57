import type { BlobReader } from "../../repository/blobReader.ts";
import type { Content } from "../../repository/contentFormat.ts";
import type { Digest } from "../../repository/digest.ts";
import { readSegments } from "../../repository/structureReader.ts";
import type { Run } from "./fileEdit.ts";

/** Where in the relative a chunk lies. */
export interface ChunkSource {
  readonly path: string;
  readonly offset: number;
}

/**
 * Finds the chunks that files of the relative hold.
 *
 * What lies on the disk is taken for what the manifest says without hashing it again. That is safe since the
 * relative is a read-only snapshot, its manifest was made from this very snapshot or this snapshot from that
 * manifest, and btrfs checks its own sums of all it reads: a block that went bad fails the read, and a read that
 * fails ends in a pull from nothing.
 */
export class ChunkSources {
  readonly #blobs: BlobReader;
  readonly #signal: AbortSignal;
  readonly #missing = new Map<Digest, number>();
  readonly #found = new Map<Digest, ChunkSource>();
  #missingBytes = 0;

  constructor(blobs: BlobReader, signal: AbortSignal) {
    this.#blobs = blobs;
    this.#signal = signal;
  }

  /** Bytes of chunks that are wanted and not found, each counted once. */
  get missingBytes(): number {
    return this.#missingBytes;
  }

  find(chunk: Digest): ChunkSource | undefined {
    return this.#found.get(chunk);
  }

  want(runs: readonly Run[]): void {
    for (const { chunk, length } of runs) {
      if (this.#missing.has(chunk) || this.#found.has(chunk)) continue;
      this.#missing.set(chunk, length);
      this.#missingBytes += length;
    }
  }

  /** A file of the relative. @throws ForkpointError OBJECT_*, STORE_* */
  async offer(path: string, content: Content): Promise<void> {
    if (this.#missing.size === 0) return;
    let offset = 0;
    for await (const segments of readSegments(this.#blobs, content, this.#signal)) {
      for (const { length, chunk } of segments) {
        if (chunk !== null && this.#missing.delete(chunk)) {
          this.#missingBytes -= length;
          this.#found.set(chunk, { path, offset });
        }
        offset += length;
      }
    }
  }
}
