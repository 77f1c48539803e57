import type { Entries } from "../catalog/entries.ts";
import type { Projects } from "../catalog/projects.ts";
import type { ErrorBody } from "../protocol/errors.ts";
import type { PushQueue } from "./push/pushQueue.ts";

/** How far the copies of a project, or of all, have come. */
export interface SyncStatus {
  /** Entries that are not in the store yet. */
  readonly pending: number;
  readonly uploading: boolean;
  /** Milliseconds since 1970. */
  readonly lastPushAt: number | null;
  readonly pushError: ErrorBody | null;
}

/** Of one project, or with null of all. */
export function syncStatus(
  { entries, projects }: { readonly entries: Entries; readonly projects: Projects },
  queue: PushQueue,
  projectId: string | null,
): SyncStatus {
  const rows = projects.list().filter((row) => projectId === null || row.projectId === projectId);
  const pushed = rows.flatMap(({ lastPushAt }) => (lastPushAt === null ? [] : [lastPushAt]));
  return {
    pending: rows.reduce((sum, row) => sum + entries.countNotDurable(row.projectId), 0),
    uploading: rows.some((row) => queue.isUploading(row.projectId)),
    lastPushAt: pushed.length > 0 ? Math.max(...pushed) : null,
    pushError: rows.map((row) => queue.errorOf(row.projectId)).find((error) => error !== null) ?? null,
  };
}
