import type { EntryRow } from "../catalog/entryRow.ts";
import type { ProjectLookup } from "../projects/projectLookup.ts";
import type { ProjectService } from "../projects/projectService.ts";
import type { Entry } from "../protocol/entry.ts";
import type { SyncService } from "../sync/syncService.ts";
import type { Handlers } from "./handlers.ts";

type SyncMethods = Pick<Handlers, "sync/push" | "sync/pull">;

export function syncMethods(parts: {
  lookup: ProjectLookup;
  projects: ProjectService;
  sync: SyncService;
  view: (entry: EntryRow) => Entry;
}): SyncMethods {
  const { lookup, projects, sync, view } = parts;
  return {
    "sync/push": async ({ project, wait }, call) => {
      const { pending, pushed } = await sync.push(lookup.named(project), { wait }, call);
      return { pending, pushed: pushed.map(view) };
    },
    "sync/pull": (params, call) => projects.pull(params, call),
  };
}
