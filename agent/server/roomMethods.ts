import type { EntryRow } from "../catalog/entryRow.ts";
import type { Log } from "../host/log.ts";
import type { HealthWatch } from "../projects/health/healthWatch.ts";
import type { OperationService } from "../projects/operationService.ts";
import type { PoolService } from "../projects/pools/poolService.ts";
import type { ProjectLookup } from "../projects/projectLookup.ts";
import type { ProjectService } from "../projects/projectService.ts";
import type { AgentInfo } from "../protocol/agentInfo.ts";
import type { Entry } from "../protocol/entry.ts";
import type { SyncService } from "../sync/syncService.ts";
import type { TimelineService } from "../timeline/timelineService.ts";
import { operationMethods } from "./operationMethods.ts";
import { actMethods } from "./actMethods.ts";
import { editorMethods } from "./editorMethods.ts";
import { poolMethods } from "./poolMethods.ts";
import { projectMethods } from "./projectMethods.ts";
import type { Composition } from "./runAgent.ts";
import { snapshotMethods } from "./snapshotMethods.ts";
import { storeMethods } from "./storeMethods.ts";
import { syncMethods } from "./syncMethods.ts";
import { timelineMethods } from "./timelineMethods.ts";

/** Every method that the rooms below the server answer. */
export function roomMethods(parts: {
  pools: PoolService;
  projects: ProjectService;
  operations: OperationService;
  lookup: ProjectLookup;
  timeline: TimelineService;
  sync: SyncService;
  healthWatch: HealthWatch;
  view: (entry: EntryRow) => Entry;
  info: AgentInfo;
  log: Log;
}): Composition["handlers"] {
  return {
    ...poolMethods(parts.pools),
    ...storeMethods(parts),
    ...projectMethods(parts),
    ...snapshotMethods(parts),
    ...editorMethods(parts),
    ...timelineMethods(parts),
    ...operationMethods(parts.operations),
    ...actMethods(parts),
    ...syncMethods(parts),
  };
}
