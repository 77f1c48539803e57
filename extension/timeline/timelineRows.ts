import type { Entry } from "../../agent/protocol/entry.ts";

export interface EntryRow {
  readonly kind: "entry";
  readonly id: string;
  entry: Entry;
  /** The entry that was taken before the same act, which hides below this one. */
  readonly before?: EntryRow;
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
  const hidden = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    if (hidden.has(entry.snapshotId)) continue;
    const before = takenBefore(entry, entries[index + 1]);
    if (before) hidden.add(before.snapshotId);
    const row: EntryRow = {
      ...{ kind: "entry", id: entry.snapshotId, entry },
      ...(before && { before: { kind: "entry", id: before.snapshotId, entry: before } }),
    };
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

/** The rows of what somebody looks for: each found entry has one, so that none of them hides. */
export function foundRows(entries: readonly Entry[], more: boolean): TimelineRow[] {
  const rows: TimelineRow[] = entries.map((entry) => ({ kind: "entry", id: entry.snapshotId, entry }));
  return more ? [...rows, { kind: "more", id: "more" }] : rows;
}

/** The older one, when it was made only to have the state before what led to the newer one. */
function takenBefore(entry: Entry, older: Entry | undefined): Entry | undefined {
  if (!older || older.head || isNamed(older) || entry.act?.afterId !== entry.snapshotId) return undefined;
  const isPair = older.act?.actId === entry.act.actId && entry.act.beforeId === older.snapshotId;
  return isPair ? older : undefined;
}

function isNoise(entry: Entry): boolean {
  return entry.cause === "timer" && !entry.act && !entry.head && !isNamed(entry);
}

function isNamed({ pinned, label, note }: Entry): boolean {
  return pinned || Boolean(label) || Boolean(note);
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
  return rows.flatMap((row) => {
    if (row.kind === "more") return [];
    if (row.kind === "group") return entryRows(row.rows);
    return row.before ? [row, row.before] : [row];
  });
}

function sameShape(rows: readonly TimelineRow[], others: readonly TimelineRow[]): boolean {
  return (
    rows.length === others.length &&
    rows.every((row, index) => {
      const other = others[index];
      if (row.id !== other?.id) return false;
      if (row.kind === "entry") return other.kind === "entry" && row.before?.id === other.before?.id;
      return row.kind !== "group" || (other.kind === "group" && sameShape(row.rows, other.rows));
    })
  );
}

function sameEntry(one: Entry, other: Entry): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
