import type { Acts } from "../catalog/acts.ts";
import type { Entries } from "../catalog/entries.ts";
import type { EntryRow } from "../catalog/entryRow.ts";
import type { Projects } from "../catalog/projects.ts";
import type { Entry } from "../protocol/entry.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { ActViews } from "../timeline/acts/actView.ts";
import { entryView } from "../timeline/entryView.ts";
import type { SnapshotPlaces } from "../timeline/snapshotPlaces.ts";

/**
 * How the answers that come from elsewhere than the timeline show an entry.
 * @returns a function that throws ForkpointError PROJECT_NOT_FOUND
 */
export function entryViews(parts: {
  projects: Projects;
  entries: Entries;
  acts: Acts;
  places: SnapshotPlaces;
}): (row: EntryRow) => Entry {
  const acts = new ActViews(parts);
  return (row) => {
    const project = parts.projects.byId(row.projectId);
    if (!project) throw new ForkpointError("PROJECT_NOT_FOUND", "The project was deleted meanwhile.");
    const act = acts.ofEntry(row.projectId, row.snapshotId);
    return entryView(row, project, parts.places.of(project, row.snapshotId), act);
  };
}
