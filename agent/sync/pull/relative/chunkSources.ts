import type { BlobReader } from "../../../repository/blobReader.ts";
import type { Content } from "../../../repository/contentFormat.ts";
import type { Digest } from "../../../repository/digest.ts";
import { readRuns } from "../../../repository/structureReader.ts";
import type { NewBytes } from "./fileEdit.ts";

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
  /** By chunk, and what of it. */
  readonly #missing = new Set<string>();
  readonly #found = new Map<string, ChunkSource>();
  #missingBytes = 0;

  constructor(blobs: BlobReader, signal: AbortSignal) {
    this.#blobs = blobs;
    this.#signal = signal;
  }

  /** Bytes of chunks that are wanted and not found, each counted once. */
  get missingBytes(): number {
    return this.#missingBytes;
  }

  find(bytes: NewBytes): ChunkSource | undefined {
    return this.#found.get(keyOf(bytes));
  }

  want(wanted: readonly NewBytes[]): void {
    for (const bytes of wanted) {
      const key = keyOf(bytes);
      if (this.#missing.has(key) || this.#found.has(key)) continue;
      this.#missing.add(key);
      this.#missingBytes += bytes.length;
    }
  }

  /** A file of the relative. @throws ForkpointError OBJECT_*, STORE_* */
  async offer(path: string, content: Content): Promise<void> {
    if (this.#missing.size === 0) return;
    let offset = 0;
    for await (const runs of readRuns(this.#blobs, content, this.#signal)) {
      for (const { length, chunk, from } of runs) {
        const key = chunk === null ? "" : keyOf({ chunk, from, length });
        if (this.#missing.delete(key)) {
          this.#missingBytes -= length;
          this.#found.set(key, { path, offset });
        }
        offset += length;
      }
    }
  }
}

function keyOf({ chunk, from, length }: { chunk: Digest; from: number; length: number }): string {
  return `${chunk} ${from} ${length}`;
}
