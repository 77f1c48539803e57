/**
 * What has to happen in a live volume to make it equal to a snapshot. All paths are bytes relative to the
 * volume's root; those of `taken` are as they are before, all others as they are to be.
 */
export interface Plan {
  /** Removed with all they hold, or set aside to be placed again; inner paths first. */
  readonly taken: { readonly path: Buffer; readonly moves: boolean }[];
  /** Folders to make, outer ones first. */
  readonly folders: Buffer[];
  /** What was set aside, and where it belongs. */
  readonly moved: { readonly from: Buffer; readonly path: Buffer }[];
  /** Everything but folders that is to be a copy of what the snapshot has there. */
  readonly copied: Buffer[];
  /** Further names of a file: `path` becomes a hard link to `to`, which stays, is moved or is copied. */
  readonly linked: { readonly path: Buffer; readonly to: Buffer }[];
  /** Folders that get the snapshot's owner, mode, times and attributes. */
  readonly attributes: Buffer[];
  /** Extended attributes that folders which stay must lose. */
  readonly lostAttributes: { readonly path: Buffer; readonly names: readonly Buffer[] }[];
}

export function emptyPlan(): Plan {
  return { taken: [], folders: [], moved: [], copied: [], linked: [], attributes: [], lostAttributes: [] };
}

/** Paths without repetition, by their bytes. */
export class PathSet {
  readonly #paths = new Map<string, Buffer>();

  add(path: Buffer): boolean {
    const key = path.toString("latin1");
    if (this.#paths.has(key)) return false;
    this.#paths.set(key, path);
    return true;
  }

  has(path: Buffer): boolean {
    return this.#paths.has(path.toString("latin1"));
  }

  *[Symbol.iterator](): IterableIterator<Buffer> {
    yield* this.#paths.values();
  }
}
