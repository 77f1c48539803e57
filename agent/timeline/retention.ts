import type { EntryRow } from "../catalog/entries.ts";
import { actCauses } from "../protocol/acts.ts";
import type { Cause } from "../protocol/entities.ts";

/** How many unpinned entries that nobody asked for are kept, besides those of people. */
export const automaticKept = 50;

const automatic: ReadonlySet<Cause> = new Set(["timer", "assistant", ...actCauses]);

/** Whether it came about by itself and nobody has put a word to it since. */
function isAutomatic({ cause, label, note }: EntryRow): boolean {
  return automatic.has(cause) && label === null && note === null;
}

/**
 * Which entries roll off a timeline, oldest first: unpinned ones beyond the newest `maxSnapshots`, and unpinned
 * automatic ones beyond the newest `automaticKept`; neither counts for the other. The head stays, the newest on which
 * tests passed, and what is being uploaded until that is done. A restore that undo would go back over keeps its guard
 * as long as it is itself kept.
 * @param entries the living ones, newest first
 * @param limits.needed ids of entries that stay for now
 */
export function planRetention(
  entries: readonly EntryRow[],
  limits: {
    readonly maxSnapshots: number;
    readonly headSnapshotId: string | null;
    readonly needed?: readonly string[];
  },
): EntryRow[] {
  const unpinned = entries.filter(({ pinned }) => !pinned);
  const own = unpinned.filter((entry) => !isAutomatic(entry)).slice(0, limits.maxSnapshots);
  const kept = new Set([...own, ...unpinned.filter(isAutomatic).slice(0, automaticKept)]);
  const undoable = entries.find(({ cause }) => cause === "restore");
  const lastGreen = entries.find(({ tests }) => tests === "passed");
  const needed = new Set([limits.headSnapshotId, lastGreen?.snapshotId, ...(limits.needed ?? [])]);
  if (undoable && kept.has(undoable)) needed.add(undoable.guardId ?? undefined);
  return unpinned
    .filter((entry) => !kept.has(entry))
    .filter(({ snapshotId, durability }) => !needed.has(snapshotId) && durability !== "uploading")
    .reverse();
}
