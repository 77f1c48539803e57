import type { EntryRow } from "../catalog/entryRow.ts";
import type { Entry } from "../protocol/entry.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { CheckedParams, Result } from "../protocol/methods.ts";
import { ActViews } from "./acts/actView.ts";
import { entryView } from "./entryView.ts";
import { SnapshotLookup } from "./snapshotLookup.ts";
import type { SnapshotPlaces } from "./snapshotPlaces.ts";
import type { TimelineParts } from "./timelineParts.ts";

/** More than a person must write, so that what was noted down stays unique when entries are added. */
const shownIdCharacters = 6;

/** A project's entries as clients ask for them, show them and write on them. */
export class EntryList {
  readonly #parts: Pick<TimelineParts, "projects" | "entries">;
  readonly #acts: ActViews;
  readonly #places: SnapshotPlaces;
  readonly #lookup: SnapshotLookup;

  constructor(parts: Pick<TimelineParts, "projects" | "entries" | "acts">, places: SnapshotPlaces) {
    this.#parts = parts;
    this.#acts = new ActViews(parts);
    this.#places = places;
    this.#lookup = new SnapshotLookup(parts.entries);
  }

  /** @throws ForkpointError SNAPSHOT_NOT_FOUND */
  named(projectId: string, snapshotId: string): EntryRow {
    return this.#lookup.named(projectId, snapshotId);
  }

  /** As `SnapshotLookup.namedOrGone`. @throws ForkpointError SNAPSHOT_NOT_FOUND */
  namedOrGone(projectId: string, snapshotId: string): EntryRow {
    return this.#lookup.namedOrGone(projectId, snapshotId);
  }

  /** Newest first. @throws ForkpointError SNAPSHOT_NOT_FOUND */
  list(
    projectId: string,
    { before, limit, filter }: Omit<CheckedParams<"timeline/list">, "project">,
  ): Result<"timeline/list"> {
    const { entries } = this.#parts;
    const from = before === undefined ? {} : { before: this.named(projectId, before).seq };
    const rows = entries.list(projectId, { ...from, limit: limit + 1, filter });
    return {
      entries: rows.slice(0, limit).map((row) => this.view(row)),
      more: rows.length > limit,
      matches: filter === undefined ? null : entries.count(projectId, filter),
      idLength: entries.idLength(projectId, shownIdCharacters),
    };
  }

  /** The named entry, or the head. @throws ForkpointError SNAPSHOT_NOT_FOUND */
  show(projectId: string, snapshotId: string | undefined): Entry {
    if (snapshotId !== undefined) return this.view(this.named(projectId, snapshotId));
    const head = this.head(projectId);
    if (head) return head;
    throw new ForkpointError("SNAPSHOT_NOT_FOUND", "The project has no snapshots yet.", {
      hint: "Take one with `forkpoint snapshot`.",
    });
  }

  /** @throws ForkpointError SNAPSHOT_NOT_FOUND */
  edit(projectId: string, wish: Omit<CheckedParams<"snapshot/edit">, "project">): Entry {
    const { snapshotId } = this.named(projectId, wish.snapshotId);
    const { label, note, pinned } = wish;
    this.#parts.entries.change(projectId, snapshotId, {
      ...(label === undefined ? {} : { label: textOrNull(label), named: textOrNull(label) !== null }),
      ...(note === undefined ? {} : { note: textOrNull(note) }),
      ...(pinned === undefined ? {} : { pinned }),
    });
    return this.view(this.named(projectId, snapshotId));
  }

  head(projectId: string): Entry | null {
    const head = this.#parts.projects.byId(projectId)?.headSnapshotId;
    const row = head ? this.#parts.entries.find(projectId, head) : undefined;
    return row ? this.view(row) : null;
  }

  view(row: EntryRow): Entry {
    const project = this.#parts.projects.byId(row.projectId);
    if (!project) throw new ForkpointError("PROJECT_NOT_FOUND", "The project was deleted meanwhile.");
    const act = this.#acts.ofEntry(row.projectId, row.snapshotId);
    return entryView(row, project, this.#places.of(project, row.snapshotId), act);
  }
}

/** An empty text says as much as none. */
export function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === null || text.trim() === "" ? null : text;
}
