import type { Entries } from "../catalog/entries.ts";
import type { EntryRow } from "../catalog/entryRow.ts";
import { ForkpointError } from "../protocol/errors.ts";

/**
 * The newest restore of a project, and the guard that brings back what it replaced.
 * @throws ForkpointError NOTHING_TO_UNDO
 */
export function undoable(entries: Entries, projectId: string): { restore: EntryRow; guard: EntryRow } {
  const [restore] = entries.list(projectId, { limit: 1, filter: { causes: ["restore"] } });
  if (!restore) {
    const [newest] = entries.list(projectId, { limit: 1 });
    const what = newest ? `; the newest entry, ${newest.snapshotId}, was made by: ${newest.cause}` : "";
    throw new ForkpointError("NOTHING_TO_UNDO", `There is no restore to undo${what}.`);
  }
  const guard = restore.guardId === null ? undefined : entries.find(projectId, restore.guardId);
  if (guard) return { restore, guard };
  throw new ForkpointError(
    "NOTHING_TO_UNDO",
    `What the restore ${restore.snapshotId} replaced is not in the timeline any more.`,
  );
}
