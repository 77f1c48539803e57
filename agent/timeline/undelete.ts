import type { EntryRow } from "../catalog/entryRow.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { planRetention } from "./retention.ts";
import type { SnapshotPlaces } from "./snapshotPlaces.ts";
import type { TimelineParts } from "./timelineParts.ts";

type Parts = Pick<
  TimelineParts,
  "catalog" | "projects" | "entries" | "kept" | "operations" | "btrfs" | "clock" | "author" | "crashPoint"
>;

export interface UndeleteWish {
  readonly snapshotIds: readonly string[];
  /** The head the workspace gets back, if it still has the one that it was given when the former was deleted. */
  readonly heads: { readonly before: string; readonly after: string | null } | null;
}

/** Brings deleted entries back to their places in the timeline. */
export class Undelete {
  readonly #parts: Parts;
  readonly #places: SnapshotPlaces;

  constructor(parts: Parts, places: SnapshotPlaces) {
    this.#parts = parts;
    this.#places = places;
  }

  /**
   * Shows those again that are still kept, in one step. What retention would take at once is pinned. The caller holds
   * the project.
   * @throws ForkpointError NOTHING_TO_UNDO when none is kept any more, SNAPSHOT_NOT_LOCAL
   */
  async run(project: ProjectRow, { snapshotIds, heads }: UndeleteWish): Promise<EntryRow[]> {
    const { projectId, slug } = project;
    const there = snapshotIds.filter((id) => this.#parts.kept.find(projectId, id));
    for (const id of there) await this.#places.require(project, id);
    const { catalog, projects, entries, kept, operations, clock, author } = this.#parts;
    const revived = catalog.transaction(() => {
      // Some may have been given up while this waited for the disk.
      const still = there.filter((id) => kept.find(projectId, id));
      if (still.length === 0) {
        throw new ForkpointError("NOTHING_TO_UNDO", "What was deleted is not on this disk any more.", {
          hint: "`forkpoint restore` brings back from the store what was stored there.",
        });
      }
      for (const id of still) entries.undelete(projectId, id);
      const head = projects.byId(projectId)?.headSnapshotId ?? null;
      if (heads && still.includes(heads.before) && head === heads.after) {
        projects.change(projectId, { headSnapshotId: heads.before });
      }
      this.#pinDoomed(projectId, still);
      const detail = { kind: "undelete", snapshotIds: still } as const;
      operations.add({ projectId, slug, author, at: clock.now(), detail });
      return still.flatMap((id) => entries.find(projectId, id) ?? []);
    });
    this.#parts.crashPoint("undelete:shown");
    return revived;
  }

  #pinDoomed(projectId: string, revived: readonly string[]): void {
    const { projects, entries } = this.#parts;
    const project = projects.byId(projectId);
    if (!project) return;
    for (const { snapshotId } of planRetention(entries.list(projectId), project, project)) {
      if (revived.includes(snapshotId)) entries.change(projectId, snapshotId, { pinned: true });
    }
  }
}
