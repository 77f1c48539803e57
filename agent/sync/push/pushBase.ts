import type { Entries } from "../../catalog/entries.ts";
import { isStored, type EntryRow } from "../../catalog/entryRow.ts";
import type { Pools } from "../../catalog/pools.ts";
import type { ProjectRow, Projects } from "../../catalog/projects.ts";
import type { Btrfs } from "../../volumes/btrfs.ts";
import { snapshotPath } from "../../volumes/layout.ts";
import type { PushBase } from "./push.ts";

/** A base, by the id of its entry as well. Its manifest can be of the project that the entry's own was forked from. */
export interface ChosenBase extends PushBase {
  readonly snapshotId: string;
}

interface Candidate extends Omit<ChosenBase, "path"> {
  /** The project whose snapshot it is; its manifest can be another's. */
  readonly owner: string;
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
   * A durable entry that is still on the entry's pool: its parent, else the newest of the project, else the one that
   * was rebuilt from what the store has of another project, else one of the project it was forked from. null when
   * everything must be sent.
   * @param unusable ids of snapshots about to be deleted
   */
  async choose(
    project: ProjectRow,
    entry: EntryRow,
    unusable: ReadonlySet<string>,
  ): Promise<ChosenBase | null> {
    const pool = this.#pools.find(project.poolId);
    if (!pool) return null;
    for (const { owner, ...candidate } of this.#candidates(project, entry)) {
      if (unusable.has(candidate.snapshotId)) continue;
      const path = snapshotPath(pool.path, owner, candidate.snapshotId);
      if (await this.#btrfs.isSubvolume(path)) return { ...candidate, path };
    }
    return null;
  }

  *#candidates({ projectId, poolId, forkedFrom }: ProjectRow, entry: EntryRow): Iterable<Candidate> {
    yield* this.#stored(projectId, entry.parentId);
    if (!forkedFrom) return;
    const origin = forkedFrom.projectId;
    for (const { snapshotId, rebuiltFrom } of this.#entries.rebuilt(projectId)) {
      yield { owner: projectId, snapshotId, projectId: origin, manifestDigest: rebuiltFrom };
    }
    if (this.#projects.byId(origin)?.poolId === poolId) yield* this.#stored(origin, forkedFrom.snapshotId);
  }

  /** Entries of a project that the store has: the one wanted, then the newest first. */
  *#stored(projectId: string, wanted: string | null): Iterable<Candidate> {
    const first = wanted === null ? undefined : this.#entries.find(projectId, wanted);
    if (first && isStored(first)) yield* asCandidate(first);
    for (const entry of this.#entries.storedNewestFirst(projectId)) yield* asCandidate(entry);
  }
}

function* asCandidate({ projectId, snapshotId, manifestDigest }: EntryRow): Iterable<Candidate> {
  if (manifestDigest !== null) yield { owner: projectId, snapshotId, projectId, manifestDigest };
}
