import type { ProjectRow } from "../catalog/projects.ts";
import type { RetentionFacts } from "./retention.ts";
import type { TimelineParts } from "./timelineParts.ts";

/** What retention has to know of a project besides its entries and settings. */
export function retentionFacts(
  { acts, projects }: Pick<TimelineParts, "acts" | "projects">,
  { projectId, headSnapshotId }: ProjectRow,
): RetentionFacts {
  return {
    headSnapshotId,
    running: acts.running(projectId).map(({ beforeId }) => beforeId),
    turns: acts.turns(projectId),
    forked: projects.forksOf(projectId).flatMap(({ forkedFrom }) => forkedFrom?.snapshotId ?? []),
  };
}
