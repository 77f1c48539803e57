import type { EntryRow } from "../catalog/entries.ts";

/**
 * Which entries roll off a timeline, oldest first: unpinned ones beyond the newest `maxSnapshots` unpinned. The head
 * stays, and what is being uploaded stays until that is done. A restore that undo would go back over
 * keeps its guard as long as it is itself kept.
 * @param entries the living ones, newest first
 */
export function planRetention(
  entries: readonly EntryRow[],
  limits: { readonly maxSnapshots: number; readonly headSnapshotId: string | null },
): EntryRow[] {
  const unpinned = entries.filter(({ pinned }) => !pinned);
  const kept = unpinned.slice(0, limits.maxSnapshots);
  const undoable = entries.find(({ cause }) => cause === "restore");
  const needed = new Set([limits.headSnapshotId]);
  if (undoable && kept.includes(undoable)) needed.add(undoable.guardId);
  return unpinned
    .slice(limits.maxSnapshots)
    .filter(({ snapshotId, durability }) => !needed.has(snapshotId) && durability !== "uploading")
    .reverse();
}
