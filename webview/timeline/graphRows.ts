import type { Entry } from "../../agent/protocol/entry.ts";
import type { ForkMark, TimelineState } from "../../extension/panels/timelineMessages.ts";

interface Node {
  readonly id: string;
  /** The row this one grew from; null when there is none or it is not at hand. */
  readonly parentId: string | null;
}
/** The workspace as it stands, above the entry it grew from. */
export interface NowRow extends Node {
  readonly kind: "now";
}
export interface EntryRow extends Node {
  readonly kind: "entry";
  readonly entry: Entry;
}
export interface ForkRow extends Node {
  readonly kind: "fork";
  readonly fork: ForkMark;
}
/** The project this one was forked from, below the first entry. */
export interface OriginRow extends Node {
  readonly kind: "origin";
  readonly slug: string;
  readonly projectId: string;
}
export type GraphRow = NowRow | EntryRow | ForkRow | OriginRow;

/**
 * The rows of the graph, newest first, every row above the one it grew from. A fork is a row of its own
 * at the time it was made; one whose entry is not at hand is left out. Where something is looked for, only
 * entries are rows.
 */
export function graphRows({
  entries,
  forks,
  origin,
  more,
  search,
}: Pick<TimelineState, "entries" | "forks" | "origin" | "more" | "search">): GraphRow[] {
  const atHand = new Set(entries.map(({ snapshotId }) => snapshotId));
  const first = entries.at(-1)?.snapshotId;
  const showOrigin = search === null && origin !== null && !more && first !== undefined;
  const parentOf = (entry: Entry): string | null => {
    if (entry.parentId !== null && atHand.has(entry.parentId)) return entry.parentId;
    return showOrigin && entry.snapshotId === first ? originId : null;
  };
  const rows: GraphRow[] = entries.map((entry) => ({
    kind: "entry",
    id: entry.snapshotId,
    parentId: parentOf(entry),
    entry,
  }));
  if (search !== null) return rows;
  for (const fork of [...forks].sort((a, b) => a.createdAt.localeCompare(b.createdAt))) {
    const parentAt = rows.findIndex(({ id }) => id === fork.snapshotId);
    if (parentAt === -1) continue;
    const olderAt = rows.findIndex((row) => createdAt(row) <= fork.createdAt);
    const at = olderAt === -1 ? parentAt : Math.min(olderAt, parentAt);
    rows.splice(at, 0, { kind: "fork", id: `fork:${fork.projectId}`, parentId: fork.snapshotId, fork });
  }
  const head = entries.find((entry) => entry.head);
  if (head) rows.unshift({ kind: "now", id: "now", parentId: head.snapshotId });
  if (showOrigin)
    rows.push({
      kind: "origin",
      id: originId,
      parentId: null,
      slug: origin.slug,
      projectId: origin.projectId,
    });
  return rows;
}

const originId = "origin";

function createdAt(row: GraphRow): string {
  return row.kind === "entry" ? row.entry.createdAt : row.kind === "fork" ? row.fork.createdAt : "";
}
