import type { ProjectLookup } from "../projects/projectLookup.ts";
import type { TimelineService } from "../timeline/timelineService.ts";
import type { Handlers } from "./handlers.ts";

type EditorMethods = Pick<Handlers, Extract<keyof Handlers, `editor/${string}`>>;

export function editorMethods(parts: { lookup: ProjectLookup; timeline: TimelineService }): EditorMethods {
  const { lookup, timeline } = parts;
  return {
    "editor/keep": ({ project, state }, { session }) => {
      const { projectId } = lookup.named(project);
      timeline.editors.set(projectId, state);
      session.hold(`editors ${projectId} ${state.windowId}`, () => () => {
        timeline.editors.drop(projectId, state.windowId);
      });
      return {};
    },
    "editor/show": ({ project, snapshotId }) => timeline.editorsOf(lookup.named(project), snapshotId),
  };
}
