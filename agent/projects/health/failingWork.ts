import type { SyncService } from "../../sync/syncService.ts";
import type { TimelineService } from "../../timeline/timelineService.ts";

/** Something that the agent does by itself and that fails, with what mends it. */
export interface Failure {
  readonly what: string;
  readonly message: string;
  readonly remedy: string;
}

/** What is done for a project without anybody asking, and failed when it was done last. */
export function failingWork(
  sync: Pick<SyncService, "status">,
  timeline: Pick<TimelineService, "autoSnapshotError">,
  projectId: string,
): Failure[] {
  const failures: Failure[] = [];
  const { pushError } = sync.status(projectId);
  if (pushError) failures.push({ what: "safe copy", message: pushError.message, remedy: pushError.hint });
  const message = timeline.autoSnapshotError(projectId);
  if (message !== null) {
    failures.push({
      what: "automatic snapshots",
      message,
      remedy: "Take one with `forkpoint snapshot`, which says what is in the way.",
    });
  }
  return failures;
}
