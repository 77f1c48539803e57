import type { Entries, EntryRow } from "../catalog/entries.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import type { LongCall } from "../host/longCall.ts";
import type { CheckedParams, Result } from "../protocol/methods.ts";
import { decodeVolumePath } from "../protocol/volumePath.ts";
import { describeChanges } from "../volumes/comparison/describeChanges.ts";
import type { Comparison } from "./diff.ts";
import type { EntryList } from "./entryList.ts";
import { undoable } from "./undoable.ts";

/** Comparisons as clients ask for them. The caller holds the project. */
export class Looks {
  readonly #rows: Entries;
  readonly #entries: EntryList;
  readonly #comparison: Comparison;

  constructor(rows: Entries, entries: EntryList, comparison: Comparison) {
    this.#rows = rows;
    this.#entries = entries;
    this.#comparison = comparison;
  }

  /** @throws ForkpointError SNAPSHOT_NOT_FOUND, and what `Comparison.run` throws */
  async diff(
    project: ProjectRow,
    { from, to, paths, limit }: Omit<CheckedParams<"timeline/diff">, "project">,
    call: LongCall,
  ): Promise<Result<"timeline/diff">> {
    const sides = {
      from: this.#entries.named(project.projectId, from),
      to: to === undefined ? null : this.#entries.named(project.projectId, to),
      paths: paths?.map(decodeVolumePath) ?? null,
    };
    return describeChanges(await this.#comparison.run(project, sides, call), limit);
  }

  /** @throws ForkpointError SNAPSHOT_NOT_FOUND, NOTHING_TO_UNDO, and what `Comparison.run` throws */
  async preview(
    project: ProjectRow,
    { snapshotId, paths, limit }: Omit<CheckedParams<"timeline/preview">, "project">,
    call: LongCall,
  ): Promise<Result<"timeline/preview">> {
    const { projectId } = project;
    const undo = snapshotId === undefined ? undoable(this.#rows, projectId) : null;
    const to = undo?.guard ?? this.#entries.namedOrGone(projectId, snapshotId ?? "");
    const sides = { to, paths: paths?.map(decodeVolumePath) ?? null };
    const changes = await this.#comparison.fromNow(project, sides, call);
    const [newest = null] = this.#rows.list(projectId, { limit: 1 });
    const view = (row: EntryRow | null) => row && this.#entries.view(row);
    return {
      target: this.#entries.view(to),
      undone: view(undo?.restore ?? null),
      newest: view(newest),
      ...describeChanges(changes, limit),
    };
  }
}
