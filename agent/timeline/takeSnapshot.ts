import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import type { EntryRow } from "../catalog/entryRow.ts";
import type { IntentKind } from "../catalog/intents.ts";
import { newEntry } from "../catalog/newEntry.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import { type Recoverer, recoverer } from "../catalog/recoverer.ts";
import { newId } from "../host/ids.ts";
import type { Cause } from "../protocol/entry.ts";
import { hasChanges } from "../volumes/comparison/hasChanges.ts";
import type { OpenEditors } from "./openEditors.ts";
import { SnapshotPlaces } from "./snapshotPlaces.ts";
import type { TimelineParts } from "./timelineParts.ts";

export interface SnapshotWish {
  readonly cause: Cause;
  readonly label: string | null;
  readonly note: string | null;
  readonly pinned: boolean;
  /** What becomes lasting together with the entry, in one transaction. */
  readonly alongside?: (snapshotId: string) => void;
}

const Payload = z.object({ path: z.string() });
const intentKind: IntentKind<z.infer<typeof Payload>> = { kind: "snapshot", payload: Payload };

type Parts = Pick<
  TimelineParts,
  "catalog" | "projects" | "entries" | "intents" | "btrfs" | "privileged" | "clock" | "crashPoint" | "author"
>;

/** Takes snapshots of live volumes and makes them entries. */
export class SnapshotTaking {
  readonly #parts: Parts;
  readonly #places: SnapshotPlaces;
  readonly #editors: OpenEditors;

  constructor(parts: Parts, places: SnapshotPlaces, editors: OpenEditors) {
    this.#parts = parts;
    this.#places = places;
    this.#editors = editors;
  }

  /**
   * Adds an entry with what the volume holds now, or what `source` does, and makes it the head. Null, and no entry, when nothing
   * changed since the head and the wish asks for no label, note or pin; for a manual one, unsaved text in an editor is a change.
   * The caller holds the project.
   * @throws ForkpointError VOLUME_MISSING, POOL_FULL, POOL_READ_ONLY, NEEDS_ROOT, CANCELLED
   */
  async run(
    project: ProjectRow,
    wish: SnapshotWish,
    signal: AbortSignal,
    source = project.path,
  ): Promise<EntryRow | null> {
    const { btrfs, intents, clock, crashPoint } = this.#parts;
    await this.#places.requireVolume(project);
    const snapshotId = newId();
    const path = this.#places.of(project, snapshotId);
    const intentId = intents.begin(intentKind, project.projectId, { path }, clock.now());
    crashPoint("snapshot:intent");
    try {
      await mkdir(dirname(path), { recursive: true });
      await btrfs.snapshot(source, path, { readOnly: true });
      crashPoint("snapshot:taken");
      signal.throwIfAborted();
      const isNew = this.#editors.hasMoreThan(project.projectId, project.headSnapshotId);
      const wanted =
        wish.label !== null || wish.note !== null || wish.pinned || (wish.cause === "manual" && isNew);
      if (wanted || (await this.#differsFromHead(project, path, signal))) {
        const entry = this.#register(project, snapshotId, wish, intentId, source === project.path);
        crashPoint("snapshot:registered");
        return entry;
      }
    } catch (thrown) {
      await this.#undo(path, intentId);
      throw thrown;
    }
    await this.#undo(path, intentId);
    return null;
  }

  /** How start-up ends a snapshot that was cut off: nobody saw it, so it goes. */
  get recoverer(): Recoverer {
    return recoverer(intentKind, ({ path }, { intentId }) => this.#undo(path, intentId));
  }

  async #differsFromHead(project: ProjectRow, path: string, signal: AbortSignal): Promise<boolean> {
    if (project.headSnapshotId === null) return true;
    const head = this.#places.of(project, project.headSnapshotId);
    // Without the head's snapshot nobody can tell, and an entry too many is better than one too few.
    if (!(await this.#parts.btrfs.isSubvolume(head))) return true;
    return hasChanges(this.#parts.privileged, { from: head, to: path }, signal);
  }

  #register(
    project: ProjectRow,
    snapshotId: string,
    wish: SnapshotWish,
    intentId: number,
    isNow: boolean,
  ): EntryRow {
    const { catalog, projects, entries, intents, clock, author } = this.#parts;
    const { projectId } = project;
    return catalog.transaction(() => {
      const parentId = project.headSnapshotId;
      const { alongside, ...said } = wish;
      entries.add(newEntry({ ...said, snapshotId, projectId, parentId, author, createdAt: clock.now() }));
      projects.change(projectId, { headSnapshotId: snapshotId });
      intents.end(intentId);
      // What is open now belongs to no state of earlier.
      if (isNow) this.#editors.keepWith(projectId, snapshotId);
      alongside?.(snapshotId);
      const added = entries.find(projectId, snapshotId);
      if (!added) throw new Error("An entry that was added is not there.");
      return added;
    });
  }

  async #undo(path: string, intentId: number): Promise<void> {
    await this.#parts.btrfs.deleteSnapshot(path);
    this.#parts.intents.end(intentId);
  }
}
