import type { EntryRow } from "../catalog/entryRow.ts";
import type { HealthWatch } from "../projects/health/healthWatch.ts";
import type { ProjectLookup } from "../projects/projectLookup.ts";
import type { ProjectService } from "../projects/projectService.ts";
import type { AgentInfo } from "../protocol/agentInfo.ts";
import type { Entry } from "../protocol/entry.ts";
import type { TimelineService } from "../timeline/timelineService.ts";
import type { Handlers } from "./handlers.ts";

type ProjectMethods = Pick<Handlers, Extract<keyof Handlers, `project/${string}`>>;

export function projectMethods(parts: {
  projects: ProjectService;
  lookup: ProjectLookup;
  timeline: TimelineService;
  healthWatch: HealthWatch;
  view: (entry: EntryRow) => Entry;
  info: AgentInfo;
}): ProjectMethods {
  const { projects, lookup, timeline, healthWatch, view, info } = parts;
  return {
    "project/import": async (params, call) => {
      const { project, entryRow, adopted } = await projects.import(params, call);
      return { project, entry: view(entryRow), adopted };
    },
    "project/list": async () => ({ projects: await projects.list() }),
    "project/show": ({ project }) => projects.show(lookup.named(project)),
    "project/resolve": async ({ path }) => ({ project: await projects.resolve(path) }),
    "project/open": ({ project }, { session }) => {
      const row = lookup.named(project);
      session.hold(`project/${row.projectId}`, () => timeline.openProject(row.projectId));
      return projects.show(row);
    },
    "project/configure": ({ project, settings }) => projects.configure(lookup.named(project), settings),
    "project/delete": async ({ project }, call) => {
      await projects.delete(lookup.named(project), call);
      return {};
    },
    "project/fork": ({ project, ...params }, call) => projects.fork(lookup.named(project), params, call),
    "project/compare": ({ from, to, ...params }, call) =>
      timeline.reading.compareProjects({ from: lookup.named(from), to: lookup.named(to) }, params, call),
    "project/status": async ({ project }, { session }) => {
      // Who asks how things are is told when that changes.
      session.hold("health", () => healthWatch.watch());
      const status = await projects.status(project === undefined ? null : lookup.named(project));
      return { ...status, agent: info };
    },
  };
}
