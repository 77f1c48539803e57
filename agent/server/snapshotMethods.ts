import type { ProjectLookup } from "../projects/projectLookup.ts";
import type { TimelineService } from "../timeline/timelineService.ts";
import type { Handlers } from "./handlers.ts";

type SnapshotMethods = Pick<
  Handlers,
  "snapshot/show" | "snapshot/create" | "snapshot/edit" | "snapshot/delete"
>;

export function snapshotMethods(parts: {
  lookup: ProjectLookup;
  timeline: TimelineService;
}): SnapshotMethods {
  const { lookup, timeline } = parts;
  return {
    "snapshot/show": ({ project, snapshotId }) => timeline.reading.show(lookup.named(project), snapshotId),
    "snapshot/create": ({ project, ...params }, call) =>
      timeline.snapshot(lookup.named(project), params, call),
    "snapshot/edit": ({ project, ...params }) => timeline.edit(lookup.named(project), params),
    "snapshot/delete": ({ project, ...wish }, call) => timeline.delete(lookup.named(project), wish, call),
  };
}
