import type { Entry } from "../../agent/protocol/entities.ts";

export interface EntryRow {
  readonly kind: "entry";
  readonly id: string;
  entry: Entry;
}
export interface GroupRow {
  readonly kind: "group";
  readonly id: string;
  readonly rows: readonly EntryRow[];
}
export interface MoreRow {
  readonly kind: "more";
  readonly id: "more";
}
export type TimelineRow = EntryRow | GroupRow | MoreRow;

/** Runs of automatic entries shorter than this stay as they are. */
const smallestGroup = 3;

/**
 * The rows of the tree: entries newest first, with runs of automatic ones that nobody named or pinned
 * gathered into one row. The head never hides in a group. A group's id is that of its oldest entry, so it
 * stays the same while the group grows.
 */
export function timelineRows(entries: readonly Entry[], more: boolean): TimelineRow[] {
  const rows: TimelineRow[] = [];
  let run: EntryRow[] = [];
  const endRun = () => {
    const oldest = run.at(-1);
    if (oldest && run.length >= smallestGroup)
      rows.push({ kind: "group", id: `group:${oldest.id}`, rows: run });
    else rows.push(...run);
    run = [];
  };
  for (const entry of entries) {
    const row: EntryRow = { kind: "entry", id: entry.snapshotId, entry };
    if (isNoise(entry)) run.push(row);
    else {
      endRun();
      rows.push(row);
    }
  }
  endRun();
  if (more) rows.push({ kind: "more", id: "more" });
  return rows;
}

function isNoise(entry: Entry): boolean {
  return entry.cause === "timer" && !entry.pinned && !entry.head && !entry.label && !entry.note;
}

/**
 * Carries new entries into the rows at hand and says which to draw again. "all" when rows came, went or
 * moved; the rows at hand are then of no use any more. Rows keep their identity, because the editor
 * knows them by it.
 */
export function updateRows(rows: readonly TimelineRow[], fresh: readonly TimelineRow[]): "all" | EntryRow[] {
  if (!sameShape(rows, fresh)) return "all";
  const changed: EntryRow[] = [];
  const wanted = entryRows(fresh);
  for (const [index, row] of entryRows(rows).entries()) {
    const entry = wanted[index]?.entry;
    if (!entry || sameEntry(row.entry, entry)) continue;
    row.entry = entry;
    changed.push(row);
  }
  return changed;
}

/** The entries among the rows, those inside groups too, in order. */
export function entryRows(rows: readonly TimelineRow[]): EntryRow[] {
  return rows.flatMap((row) => (row.kind === "group" ? row.rows : row.kind === "entry" ? [row] : []));
}

function sameShape(rows: readonly TimelineRow[], others: readonly TimelineRow[]): boolean {
  return (
    rows.length === others.length &&
    rows.every((row, index) => {
      const other = others[index];
      if (row.id !== other?.id) return false;
      return row.kind !== "group" || (other.kind === "group" && sameShape(row.rows, other.rows));
    })
  );
}

function sameEntry(one: Entry, other: Entry): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
