import { z } from "zod";
import type { EntryRow } from "../catalog/entryRow.ts";
import type { IntentKind } from "../catalog/intents.ts";
import type { KeptEntry } from "../catalog/keptEntries.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import { type Recoverer, recoverer } from "../catalog/recoverer.ts";
import type { SnapshotPlaces } from "./snapshotPlaces.ts";
import type { TimelineParts } from "./timelineParts.ts";

const Payload = z.object({ path: z.string() });
/** A snapshot that is to go; open, start-up deletes it. */
export const deleteSnapshotIntent: IntentKind<z.infer<typeof Payload>> = {
  kind: "deleteSnapshot",
  payload: Payload,
};

type Parts = Pick<
  TimelineParts,
  | "catalog"
  | "projects"
  | "entries"
  | "kept"
  | "operations"
  | "intents"
  | "btrfs"
  | "uploads"
  | "clock"
  | "author"
  | "crashPoint"
>;

/** A snapshot that nobody can bring back any more and whose subvolume still has to go. */
export interface Buried {
  readonly projectId: string;
  readonly snapshotId: string;
  readonly path: string;
  readonly intentId: number;
}

const hour = 3_600_000;

/** Deletes entries: first from the timeline, and from the disk when the time to bring them back is over. */
export class SnapshotDeletion {
  readonly #parts: Parts;
  readonly #places: SnapshotPlaces;

  constructor(parts: Parts, places: SnapshotPlaces) {
    this.#parts = parts;
    this.#places = places;
  }

  /**
   * Takes entries out of the timeline in one step. Children keep their line: they then grow from the nearest
   * living ancestor, and so does the workspace when its head goes. The caller holds the project.
   * @param how who takes them, and whether for good
   * @returns the operation's id, and what is to be freed at once
   */
  bury(
    project: ProjectRow,
    doomed: readonly EntryRow[],
    how: { readonly kind: "delete" | "rollOff"; readonly forGood: boolean },
  ): { operationId: number; buried: Buried[] } {
    const { catalog, projects, entries, operations, clock, author, crashPoint } = this.#parts;
    const { projectId, slug, headSnapshotId, undeleteHours } = project;
    const at = clock.now();
    const isKept = !how.forGood && undeleteHours > 0;
    const snapshotIds = doomed.map(({ snapshotId }) => snapshotId);
    const done = catalog.transaction(() => {
      for (const snapshotId of snapshotIds) {
        entries.bury(projectId, snapshotId, at, isKept ? at + undeleteHours * hour : null);
      }
      const buried = isKept ? [] : snapshotIds.map((snapshotId) => this.#doom(project, snapshotId));
      const head = entries.livingAncestor(projectId, headSnapshotId);
      const moves = head !== headSnapshotId && headSnapshotId !== null;
      if (moves) projects.change(projectId, { headSnapshotId: head });
      const heads = moves ? { before: headSnapshotId, after: head } : null;
      const detail =
        how.kind === "delete"
          ? ({ kind: "delete", snapshotIds, heads } as const)
          : ({ kind: "rollOff", snapshotIds } as const);
      return { buried, operationId: operations.add({ projectId, slug, author, at, detail }) };
    });
    crashPoint("deleteSnapshot:buried");
    return done;
  }

  /** From now on these cannot be brought back; one transaction. */
  release(kept: readonly KeptEntry[]): Buried[] {
    if (kept.length === 0) return [];
    const { catalog, projects } = this.#parts;
    const buried = catalog.transaction(() =>
      kept.flatMap(({ projectId, snapshotId }) => {
        const project = projects.byId(projectId);
        if (!project) return [];
        this.#parts.kept.release(projectId, snapshotId);
        return [this.#doom(project, snapshotId)];
      }),
    );
    this.#parts.crashPoint("deleteSnapshot:released");
    return buried;
  }

  /** Frees what a buried entry holds on the disk. */
  async free({ projectId, snapshotId, path, intentId }: Buried): Promise<void> {
    await this.#parts.uploads.stopUploads(projectId, snapshotId);
    await this.#parts.btrfs.deleteSnapshot(path);
    this.#parts.crashPoint("deleteSnapshot:freed");
    this.#parts.intents.end(intentId);
  }

  /** How start-up ends a deletion that was cut off: it is finished. */
  get recoverer(): Recoverer {
    return recoverer(deleteSnapshotIntent, async ({ path }, { intentId }) => {
      await this.#parts.btrfs.deleteSnapshot(path);
      this.#parts.intents.end(intentId);
    });
  }

  #doom(project: ProjectRow, snapshotId: string): Buried {
    const { projectId } = project;
    const path = this.#places.of(project, snapshotId);
    const intentId = this.#parts.intents.begin(
      deleteSnapshotIntent,
      projectId,
      { path },
      this.#parts.clock.now(),
    );
    return { projectId, snapshotId, path, intentId };
  }
}
