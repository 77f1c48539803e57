import type { ProjectRow } from "../catalog/projects.ts";
import type { LongCall } from "../host/longCall.ts";
import type { Entry } from "../protocol/entry.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { CheckedParams, Result } from "../protocol/methods.ts";
import { decodeVolumePath } from "../protocol/volumePath.ts";
import type { Comparison } from "./diff.ts";
import { EntryChanges } from "./entryChanges.ts";
import type { EntryList } from "./entryList.ts";
import { DeletedPaths } from "./history/deletedPaths.ts";
import { PathHistory } from "./history/pathHistory.ts";
import { PathTouches } from "./history/pathTouches.ts";
import { Looks } from "./looks.ts";
import type { ProjectTurns } from "./projectTurns.ts";
import { RetentionReading } from "./retentionReading.ts";
import type { EntrySizes } from "./sizes/entrySizes.ts";
import type { SnapshotPlaces } from "./snapshotPlaces.ts";
import type { TimelineParts } from "./timelineParts.ts";

type Wish<
  M extends `timeline/${"list" | "changes" | "diff" | "history" | "touching" | "deleted" | "preview"}`,
> = Omit<CheckedParams<M>, "project">;

const comparing = { operation: "comparing", refuse: false, brief: true };

/** Everything people look at in a project's timeline; nothing of it changes anything. */
export class TimelineReading {
  readonly #turns: ProjectTurns;
  readonly #entries: EntryList;
  readonly #looks: Looks;
  readonly #entryChanges: EntryChanges;
  readonly #history: PathHistory;
  readonly #touches: PathTouches;
  readonly #deletedPaths: DeletedPaths;
  readonly retention: RetentionReading;

  constructor(
    parts: TimelineParts,
    rooms: {
      readonly turns: ProjectTurns;
      readonly places: SnapshotPlaces;
      readonly entries: EntryList;
      readonly comparison: Comparison;
      readonly sizes: EntrySizes;
    },
  ) {
    const { turns, places, entries, comparison, sizes } = rooms;
    this.#turns = turns;
    this.#entries = entries;
    this.#looks = new Looks(parts, entries, comparison);
    this.#entryChanges = new EntryChanges(places, entries, comparison);
    const { btrfs, processes } = parts;
    const history = { rows: parts.entries, places, comparison, btrfs, processes };
    this.#history = new PathHistory(history, entries);
    this.#touches = new PathTouches(history);
    this.#deletedPaths = new DeletedPaths(history, entries);
    this.retention = new RetentionReading(parts, entries, sizes);
  }

  /** Newest first. @throws ForkpointError SNAPSHOT_NOT_FOUND */
  list(project: ProjectRow, wish: Wish<"timeline/list">): Result<"timeline/list"> {
    return this.#entries.list(project.projectId, wish);
  }

  /** The named entry, or the head. @throws ForkpointError SNAPSHOT_NOT_FOUND */
  show(project: ProjectRow, snapshotId: string | undefined): Entry {
    return this.#entries.show(project.projectId, snapshotId);
  }

  /** Others get their turn between two entries. @throws ForkpointError SNAPSHOT_NOT_FOUND, NEEDS_ROOT, CANCELLED */
  async changes(
    project: ProjectRow,
    { snapshotIds, path }: Wish<"timeline/changes">,
    call: LongCall,
  ): Promise<Result<"timeline/changes">> {
    const bytes = path === undefined ? null : decodeVolumePath(path);
    const changes: Result<"timeline/changes">["changes"] = [];
    for (const snapshotId of snapshotIds) {
      call.signal.throwIfAborted();
      changes.push(
        await this.#turns.run(project, comparing, call, (current) =>
          this.#entryChanges.of(current, snapshotId, bytes, call),
        ),
      );
    }
    return { changes };
  }

  /**
   * @throws ForkpointError SNAPSHOT_NOT_FOUND, SNAPSHOT_NOT_LOCAL, VOLUME_MISSING, PATH_NOT_FOUND, PATH_OUTSIDE_VOLUME,
   *   NEEDS_ROOT, CANCELLED
   */
  async diff(
    project: ProjectRow,
    wish: Wish<"timeline/diff">,
    call: LongCall,
  ): Promise<Result<"timeline/diff">> {
    return this.#turns.run(project, comparing, call, (current) => this.#looks.diff(current, wish, call));
  }

  /**
   * What differs between the workspaces of two projects as they stand. Cost follows the difference.
   * @throws ForkpointError BAD_REQUEST, VOLUME_MISSING, PATH_NOT_FOUND, PATH_OUTSIDE_VOLUME, POOL_FULL, NEEDS_ROOT, CANCELLED
   */
  async compareProjects(
    { from, to }: { readonly from: ProjectRow; readonly to: ProjectRow },
    wish: Omit<CheckedParams<"project/compare">, "from" | "to">,
    call: LongCall,
  ): Promise<Result<"project/compare">> {
    if (from.projectId === to.projectId) {
      throw new ForkpointError("BAD_REQUEST", `${from.slug} cannot be compared with itself.`, {
        hint: "Name another project.",
      });
    }
    if (from.poolId !== to.poolId) {
      throw new ForkpointError("BAD_REQUEST", `${from.slug} and ${to.slug} lie on different pools.`, {
        hint: "Compare projects of one pool: forks lie where the project lies that they were made from.",
      });
    }
    // Always in the same order, so that two such calls never wait for each other.
    const [first, second] = from.projectId < to.projectId ? [from, to] : [to, from];
    return this.#turns.run(first, comparing, call, () =>
      this.#turns.run(second, comparing, call, () => this.#looks.diffProjects({ from, to }, wish, call)),
    );
  }

  /** @throws ForkpointError as `PathHistory.of` */
  async history(
    project: ProjectRow,
    wish: Wish<"timeline/history">,
    call: LongCall,
  ): Promise<Result<"timeline/history">> {
    return this.#history.of(wish, (work) => this.#turns.run(project, comparing, call, work), call);
  }

  /** @throws ForkpointError as `PathHistory.of` */
  async touching(
    project: ProjectRow,
    wish: Wish<"timeline/touching">,
    call: LongCall,
  ): Promise<Result<"timeline/touching">> {
    return this.#touches.of(wish, (work) => this.#turns.run(project, comparing, call, work), call);
  }

  /** @throws ForkpointError as `DeletedPaths.of` */
  async deleted(
    project: ProjectRow,
    wish: Wish<"timeline/deleted">,
    call: LongCall,
  ): Promise<Result<"timeline/deleted">> {
    return this.#deletedPaths.of(wish, (work) => this.#turns.run(project, comparing, call, work), call);
  }

  /** @throws ForkpointError NOTHING_TO_UNDO, and what `diff` throws */
  async preview(
    project: ProjectRow,
    wish: Wish<"timeline/preview">,
    call: LongCall,
  ): Promise<Result<"timeline/preview">> {
    return this.#turns.run(project, comparing, call, (current) => this.#looks.preview(current, wish, call));
  }
}
