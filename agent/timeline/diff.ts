import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { EntryRow } from "../catalog/entryRow.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import { newId } from "../host/ids.ts";
import type { LongCall } from "../host/longCall.ts";
import { compareSnapshots, type PathChange } from "../volumes/comparison/compareSnapshots.ts";
import { changesOfPaths } from "./changesOfPaths.ts";
import { requirePath } from "./pathInVolume.ts";
import type { SnapshotPlaces } from "./snapshotPlaces.ts";
import type { TimelineParts } from "./timelineParts.ts";

export interface Sides {
  readonly from: EntryRow;
  readonly to: EntryRow | null;
  /** Relative to the volume: only what differs at or below them. */
  readonly paths: readonly Buffer[] | null;
}

/** What differs, and the folders of the two sides, which nobody changes meanwhile. */
export interface Seen {
  readonly changes: readonly PathChange[];
  readonly snapshots: { readonly from: string; readonly to: string };
}
type Use<T> = (seen: Seen) => Promise<T>;

type Parts = Pick<TimelineParts, "btrfs" | "privileged" | "processes">;

/** Compares entries with each other and with the workspace as it stands. */
export class Comparison {
  readonly #parts: Parts;
  readonly #places: SnapshotPlaces;

  constructor(parts: Parts, places: SnapshotPlaces) {
    this.#parts = parts;
    this.#places = places;
  }

  /**
   * The paths that differ; cost follows the difference. Without `to` the newer side is the workspace now.
   * @throws ForkpointError SNAPSHOT_NOT_LOCAL, VOLUME_MISSING, PATH_NOT_FOUND, PATH_OUTSIDE_VOLUME, POOL_FULL, NEEDS_ROOT,
   *   CANCELLED
   */
  async run(project: ProjectRow, sides: Sides, call: LongCall): Promise<readonly PathChange[]> {
    return this.between(project, sides, call, ({ changes }) => Promise.resolve(changes));
  }

  /** As `run`; `use` finds both sides still there. @throws ForkpointError as `run` */
  async between<T>(project: ProjectRow, sides: Sides, call: LongCall, use: Use<T>): Promise<T> {
    const from = await this.#places.require(project, sides.from.snapshotId);
    if (!sides.to) return this.withNow(project, (to) => this.#compare({ from, to }, sides, call, use));
    const to = await this.#places.require(project, sides.to.snapshotId);
    return this.#compare({ from, to }, sides, call, use);
  }

  /**
   * As `between`, from the workspace as it stands now to an entry: what a restore of it would do.
   * @throws ForkpointError as `run`
   */
  async fromNow<T>(
    project: ProjectRow,
    { to, paths }: Omit<Sides, "from"> & { readonly to: EntryRow },
    call: LongCall,
    use: Use<T>,
  ): Promise<T> {
    const target = await this.#places.require(project, to.snapshotId);
    return this.withNow(project, (now) => this.#compare({ from: now, to: target }, { paths }, call, use));
  }

  /** As `between`, from the workspace of one project to that of another on the same pool. @throws ForkpointError as `run` */
  async workspaces<T>(
    projects: { readonly from: ProjectRow; readonly to: ProjectRow },
    paths: Sides["paths"],
    call: LongCall,
    use: Use<T>,
  ): Promise<T> {
    return this.withNow(projects.from, (from) =>
      this.withNow(projects.to, (to) => this.#compare({ from, to }, { paths, apart: true }, call, use)),
    );
  }

  /** Runs `work` with a read-only snapshot of the volume as it is now, which is gone afterwards. */
  async withNow<T>(project: ProjectRow, work: (snapshot: string) => Promise<T>): Promise<T> {
    await this.#places.requireVolume(project);
    const now = this.#places.staging(project, `now-${newId()}`);
    await mkdir(dirname(now), { recursive: true, mode: 0o700 });
    await this.#parts.btrfs.snapshot(project.path, now, { readOnly: true });
    try {
      return await work(now);
    } finally {
      await this.#parts.btrfs.deleteSnapshot(now);
    }
  }

  async #compare<T>(
    snapshots: { readonly from: string; readonly to: string },
    { paths, apart = false }: Pick<Sides, "paths"> & { readonly apart?: boolean },
    call: LongCall,
    use: Use<T>,
  ): Promise<T> {
    const { privileged, processes } = this.#parts;
    for (const path of paths ?? []) await requirePath(path, [snapshots.to, snapshots.from]);
    const all = await compareSnapshots(privileged, snapshots, call, { apart });
    const changes = paths ? await changesOfPaths(processes, all, snapshots.to, paths, call.signal) : all;
    return use({ changes, snapshots });
  }
}
