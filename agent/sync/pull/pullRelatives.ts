import type { Entries } from "../../catalog/entries.ts";
import { isStored, type EntryRow } from "../../catalog/entryRow.ts";
import type { Pools } from "../../catalog/pools.ts";
import type { Projects } from "../../catalog/projects.ts";
import type { Digest } from "../../repository/digest.ts";
import type { Manifest } from "../../repository/manifest.ts";
import type { Btrfs } from "../../volumes/btrfs.ts";
import { snapshotPath } from "../../volumes/layout.ts";
import { isWithin } from "../../volumes/mountTable.ts";

/** A read-only snapshot on this disk that is all its manifest in the repository says. */
export interface Relative {
  readonly projectId: string;
  readonly snapshotId: string;
  readonly path: string;
  readonly manifestDigest: Digest;
}

interface Use {
  readonly relative: Relative;
  readonly abort: AbortController;
  readonly ended: Promise<unknown>;
}

/** Finds the snapshots that pulls build upon, and sees to it that nobody deletes one meanwhile. */
export class PullRelatives {
  readonly #projects: Projects;
  readonly #entries: Entries;
  readonly #pools: Pools;
  readonly #btrfs: Btrfs;
  readonly #uses = new Set<Use>();

  constructor(parts: { projects: Projects; entries: Entries; pools: Pools; btrfs: Btrfs }) {
    this.#projects = parts.projects;
    this.#entries = parts.entries;
    this.#pools = parts.pools;
    this.#btrfs = parts.btrfs;
  }

  /**
   * A durable entry that is still on the disk: one with this very manifest, else its parent, else the one of its project
   * that is nearest in time, else one of the project it was forked from or of its forks. null when there is none.
   * @param place a path on the pool
   */
  async choose(manifest: Manifest, manifestDigest: Digest, place: string): Promise<Relative | null> {
    const pool = this.#pools.list().find(({ path }) => isWithin(place, path));
    if (!pool) return null;
    for (const entry of this.#candidates(manifest, manifestDigest)) {
      const { projectId, snapshotId } = entry;
      const project = this.#projects.byId(projectId);
      if (!isStored(entry) || entry.manifestDigest === null) continue;
      if (project?.poolId !== pool.poolId || !project.whole) continue;
      const path = snapshotPath(pool.path, projectId, snapshotId);
      if (!(await this.#btrfs.isSubvolume(path))) continue;
      return { projectId, snapshotId, path, manifestDigest: entry.manifestDigest };
    }
    return null;
  }

  /**
   * Does work that reads a relative. Its signal also says when the relative is about to be deleted; that waits until the
   * work has ended.
   */
  async use<T>(
    relative: Relative,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const abort = new AbortController();
    const running = work(AbortSignal.any([signal, abort.signal]));
    const use = { relative, abort, ended: running.catch(() => undefined) };
    this.#uses.add(use);
    try {
      return await running;
    } finally {
      this.#uses.delete(use);
    }
  }

  /** Resolves once no pull reads the project's snapshots, or the one named. Those that did go on without. */
  async release(projectId: string, snapshotId?: string): Promise<void> {
    const uses = [...this.#uses].filter(
      ({ relative }) =>
        relative.projectId === projectId && (snapshotId === undefined || relative.snapshotId === snapshotId),
    );
    for (const { abort } of uses) abort.abort();
    await Promise.all(uses.map(({ ended }) => ended));
  }

  *#candidates(manifest: Manifest, manifestDigest: Digest): Iterable<EntryRow> {
    yield* this.#entries.byManifest(manifestDigest);
    const { projectId, parentSnapshotId, forkedFrom } = manifest;
    const at = Date.parse(manifest.createdAt);
    yield* this.#nearestFirst(projectId, parentSnapshotId, at);
    if (forkedFrom) yield* this.#nearestFirst(forkedFrom.projectId, forkedFrom.snapshotId, at);
    for (const origin of [projectId, ...(forkedFrom ? [forkedFrom.projectId] : [])]) {
      for (const fork of this.#projects.forksOf(origin)) yield* this.#nearestFirst(fork.projectId, null, at);
    }
  }

  *#nearestFirst(projectId: string, wanted: string | null, at: number): Iterable<EntryRow> {
    const known = this.#entries.livingAncestor(projectId, wanted);
    const first = known === null ? undefined : this.#entries.find(projectId, known);
    if (first) yield first;
    const distance = (entry: EntryRow) => Math.abs(entry.createdAt - at);
    yield* this.#entries.list(projectId).toSorted((a, b) => distance(a) - distance(b));
  }
}
