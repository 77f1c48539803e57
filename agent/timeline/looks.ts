import type { Entries } from "../catalog/entries.ts";
import type { EntryRow } from "../catalog/entryRow.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import type { LongCall } from "../host/longCall.ts";
import type { Processes } from "../host/processes.ts";
import type { Compared, ComparisonWish } from "../protocol/comparison.ts";
import type { CheckedParams, Result } from "../protocol/methods.ts";
import { decodeVolumePath } from "../protocol/volumePath.ts";
import { describeChanges } from "../volumes/comparison/describeChanges.ts";
import { dependencyChanges } from "./dependencies/dependencyChanges.ts";
import type { Comparison, Seen } from "./diff.ts";
import type { EntryList } from "./entryList.ts";
import { chosenChanges } from "./parts/chosenChanges.ts";
import { partPreviews } from "./parts/partPreviews.ts";
import { sortChanges } from "./parts/sortedChanges.ts";
import { pathsOrParts } from "./pathsOrParts.ts";
import { undoable } from "./undoable.ts";

/** Comparisons as clients ask for them. The caller holds the project. */
export class Looks {
  readonly #rows: Entries;
  readonly #processes: Processes;
  readonly #entries: EntryList;
  readonly #comparison: Comparison;

  constructor(
    parts: { readonly entries: Entries; readonly processes: Processes },
    entries: EntryList,
    comparison: Comparison,
  ) {
    this.#rows = parts.entries;
    this.#processes = parts.processes;
    this.#entries = entries;
    this.#comparison = comparison;
  }

  /** @throws ForkpointError SNAPSHOT_NOT_FOUND, and what `Comparison.run` throws */
  async diff(
    project: ProjectRow,
    { from, to, paths, ...wish }: Omit<CheckedParams<"timeline/diff">, "project">,
    call: LongCall,
  ): Promise<Result<"timeline/diff">> {
    const sides = {
      from: this.#entries.named(project.projectId, from),
      to: to === undefined ? null : this.#entries.named(project.projectId, to),
      paths: paths?.map(decodeVolumePath) ?? null,
    };
    return this.#comparison.between(project, sides, call, (seen) => told(seen, wish, call));
  }

  /** The caller holds both projects. @throws ForkpointError as `Comparison.workspaces` */
  async diffProjects(
    projects: { readonly from: ProjectRow; readonly to: ProjectRow },
    { paths, ...wish }: Omit<CheckedParams<"project/compare">, "from" | "to">,
    call: LongCall,
  ): Promise<Result<"project/compare">> {
    const bytes = paths?.map(decodeVolumePath) ?? null;
    return this.#comparison.workspaces(projects, bytes, call, (seen) => told(seen, wish, call));
  }

  /**
   * @throws ForkpointError SNAPSHOT_NOT_FOUND, NOTHING_TO_UNDO, BAD_REQUEST, PARTS_TANGLED, and what `Comparison.run`
   *   throws
   */
  async preview(
    project: ProjectRow,
    wish: Omit<CheckedParams<"timeline/preview">, "project">,
    call: LongCall,
  ): Promise<Result<"timeline/preview">> {
    const { projectId } = project;
    const { snapshotId, split = false } = wish;
    const { paths, parts } = pathsOrParts(wish);
    const undo = snapshotId === undefined ? undoable(this.#rows, projectId) : null;
    const to = undo?.guard ?? this.#entries.namedOrGone(projectId, snapshotId ?? "");
    const seen = await this.#comparison.fromNow(project, { to, paths }, call, async (all) => {
      if (!parts && !split) return told(all, wish, call);
      const sorted = await sortChanges(this.#processes, all.changes, all.snapshots, call.signal);
      const wanted = parts ? await chosenChanges(sorted, parts, all.snapshots) : all;
      return {
        ...(await told({ ...all, changes: wanted.changes }, wish, call)),
        ...(split ? { split: partPreviews(sorted) } : {}),
      };
    });
    const [newest = null] = this.#rows.list(projectId, { limit: 1 });
    const view = (row: EntryRow | null) => row && this.#entries.view(row);
    return {
      target: this.#entries.view(to),
      undone: view(undo?.restore ?? null),
      newest: view(newest),
      ...seen,
    };
  }
}

/** A comparison as it is told, while both sides are there. */
export async function told(
  { changes, snapshots }: Pick<Seen, "changes" | "snapshots">,
  wish: ComparisonWish,
  { signal }: Pick<LongCall, "signal">,
): Promise<Compared> {
  return {
    ...describeChanges(changes, wish),
    ...(wish.packages ? { dependencies: await dependencyChanges(changes, snapshots, signal) } : {}),
  };
}
