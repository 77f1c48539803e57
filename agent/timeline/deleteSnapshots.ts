import { z } from "zod";
import type { EntryRow } from "../catalog/entries.ts";
import type { IntentKind } from "../catalog/intents.ts";
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
  "catalog" | "projects" | "entries" | "intents" | "btrfs" | "uploads" | "clock" | "crashPoint"
>;

/** A snapshot whose entry is gone and whose subvolume still has to go. */
export interface Buried {
  readonly projectId: string;
  readonly snapshotId: string;
  readonly path: string;
  readonly intentId: number;
}

/** Deletes entries: first from the timeline, for good, then from the disk. */
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
   */
  bury(project: ProjectRow, doomed: readonly EntryRow[]): Buried[] {
    const { catalog, projects, entries, intents, clock, crashPoint } = this.#parts;
    const { projectId } = project;
    const now = clock.now();
    const buried = catalog.transaction(() => {
      const list = doomed.map(({ snapshotId }) => {
        const path = this.#places.of(project, snapshotId);
        entries.bury(projectId, snapshotId, now);
        return {
          projectId,
          snapshotId,
          path,
          intentId: intents.begin(deleteSnapshotIntent, projectId, { path }, now),
        };
      });
      const head = entries.livingAncestor(projectId, project.headSnapshotId);
      if (head !== project.headSnapshotId) projects.change(projectId, { headSnapshotId: head });
      return list;
    });
    crashPoint("deleteSnapshot:buried");
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
}
