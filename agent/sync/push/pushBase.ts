import type { Entries } from "../../catalog/entries.ts";
import { isStored, type EntryRow } from "../../catalog/entryRow.ts";
import type { Pools } from "../../catalog/pools.ts";
import type { ProjectRow, Projects } from "../../catalog/projects.ts";
import type { Btrfs } from "../../volumes/btrfs.ts";
import { snapshotPath } from "../../volumes/layout.ts";
import type { PushBase } from "./push.ts";

/** A base, by the id of its entry as well. */
export interface ChosenBase extends PushBase {
  readonly snapshotId: string;
}

/** Finds the snapshot that differs least from one to be pushed, among those the store has already. */
export class PushBases {
  readonly #projects: Projects;
  readonly #entries: Entries;
  readonly #pools: Pools;
  readonly #btrfs: Btrfs;

  constructor(parts: { projects: Projects; entries: Entries; pools: Pools; btrfs: Btrfs }) {
    this.#projects = parts.projects;
    this.#entries = parts.entries;
    this.#pools = parts.pools;
    this.#btrfs = parts.btrfs;
  }

  /**
   * A durable entry that is still on the entry's pool: its parent, else the newest of the project, else
   * one of the project it was forked from. null when everything must be sent.
   * @param unusable ids of snapshots about to be deleted
   */
  async choose(
    project: ProjectRow,
    entry: EntryRow,
    unusable: ReadonlySet<string>,
  ): Promise<ChosenBase | null> {
    const pool = this.#pools.find(project.poolId);
    if (!pool) return null;
    for (const candidate of this.#candidates(project, entry)) {
      const { projectId, snapshotId, manifestDigest } = candidate;
      if (!isStored(candidate) || manifestDigest === null || unusable.has(snapshotId)) continue;
      const path = snapshotPath(pool.path, projectId, snapshotId);
      if (await this.#btrfs.isSubvolume(path)) return { snapshotId, path, projectId, manifestDigest };
    }
    return null;
  }

  *#candidates({ projectId, poolId, forkedFrom }: ProjectRow, entry: EntryRow): Iterable<EntryRow> {
    yield* nearestFirst(this.#entries, projectId, entry.parentId);
    if (!forkedFrom || this.#projects.byId(forkedFrom.projectId)?.poolId !== poolId) return;
    yield* nearestFirst(this.#entries, forkedFrom.projectId, forkedFrom.snapshotId);
  }
}

function* nearestFirst(entries: Entries, projectId: string, wanted: string | null): Iterable<EntryRow> {
  const first = wanted === null ? undefined : entries.find(projectId, wanted);
  if (first) yield first;
  yield* entries.storedNewestFirst(projectId);
}
