import type { ProjectLookup } from "../projects/projectLookup.ts";
import type { TimelineService } from "../timeline/timelineService.ts";
import type { Handlers } from "./handlers.ts";

type TimelineMethods = Pick<Handlers, Extract<keyof Handlers, `timeline/${string}`>>;

export function timelineMethods(parts: {
  lookup: ProjectLookup;
  timeline: TimelineService;
}): TimelineMethods {
  const { lookup, timeline } = parts;
  return {
    "timeline/list": ({ project, ...page }) => timeline.reading.list(lookup.named(project), page),
    "timeline/changes": ({ project, ...params }, call) =>
      timeline.reading.changes(lookup.named(project), params, call),
    "timeline/history": ({ project, ...params }, call) =>
      timeline.reading.history(lookup.named(project), params, call),
    "timeline/touching": ({ project, ...params }, call) =>
      timeline.reading.touching(lookup.named(project), params, call),
    "timeline/deleted": ({ project, ...params }, call) =>
      timeline.reading.deleted(lookup.named(project), params, call),
    "timeline/preview": ({ project, ...params }, call) =>
      timeline.reading.preview(lookup.named(project), params, call),
    "timeline/retention": ({ project, ...params }, call) =>
      timeline.reading.retention.retention(lookup.named(project), params, call),
    "timeline/sizes": ({ project, ...params }, call) =>
      timeline.reading.retention.sizes(lookup.named(project), params, call),
    "timeline/diff": ({ project, ...params }, call) =>
      timeline.reading.diff(lookup.named(project), params, call),
    "timeline/restore": ({ project, ...params }, call) =>
      timeline.restore(lookup.named(project), params, call),
    "timeline/undo": ({ project, ...params }, call) => timeline.undo(lookup.named(project), params, call),
  };
}
