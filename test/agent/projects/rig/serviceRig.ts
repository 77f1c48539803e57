import { mkdirSync } from "node:fs";
import type { EventBody, EventName } from "../../../../agent/protocol/events.ts";
import { TransferRates } from "../../../../agent/blobstore/byteRate.ts";
import { DirectoryBlobStore } from "../../../../agent/blobstore/directoryBlobStore.ts";
import { parseStoreUrl } from "../../../../agent/blobstore/storeUrl.ts";
import { Settings } from "../../../../agent/catalog/settings.ts";
import type { Announce } from "../../../../agent/host/announce.ts";
import { type Clock, systemClock } from "../../../../agent/host/clock.ts";
import { type CrashPoint, neverCrash } from "../../../../agent/host/crashPoints.ts";
import { ProjectLocks } from "../../../../agent/host/projectLocks.ts";
import { HealthReader } from "../../../../agent/projects/health/healthReader.ts";
import { HealthWatch } from "../../../../agent/projects/health/healthWatch.ts";
import { PoolService } from "../../../../agent/projects/pools/poolService.ts";
import { ProjectFolders } from "../../../../agent/projects/import/projectFolder.ts";
import { ProjectLookup } from "../../../../agent/projects/projectLookup.ts";
import { ProjectService } from "../../../../agent/projects/projectService.ts";
import { ProjectView } from "../../../../agent/projects/projectView.ts";
import { ProjectPull } from "../../../../agent/projects/pullProject.ts";
import type { RecoveryProblem } from "../../../../agent/projects/recovery.ts";
import { SyncService } from "../../../../agent/sync/syncService.ts";
import { TimelineService } from "../../../../agent/timeline/timelineService.ts";
import { openProjectRig } from "./projectRig.ts";

/** What was announced, in order. */
export interface Announced {
  readonly event: EventName;
  readonly body: EventBody<EventName>;
}

/** Makes a store in a folder, and gives its URL. */
export async function makeStore(path: string): Promise<string> {
  mkdirSync(path);
  const url = `dir://${path}`;
  await new DirectoryBlobStore({ path, url, clock: systemClock }).setUp();
  return url;
}

/** Projects with their timelines and the safe copy, over the catalog in `home`; stores are folders. */
export function openServiceRig(home: string, options: { crashPoint?: CrashPoint; clock?: Clock } = {}) {
  const crashPoint = options.crashPoint ?? neverCrash;
  const rig = openProjectRig(home, crashPoint);
  const clock = options.clock ?? rig.clock;
  const announced: Announced[] = [];
  const announce: Announce = (event, body) => {
    announced.push({ event, body });
  };
  const problems: RecoveryProblem[] = [];
  const parts = { ...rig, clock, announce, crashPoint, home, agentHome: home, env: process.env };
  const locks = new ProjectLocks();
  const healthChanged = (projectId: string | null) => {
    healthWatch.changed(projectId);
  };
  const sync = new SyncService({
    ...parts,
    settings: new Settings(rig.catalog),
    healthChanged,
    rates: new TransferRates(clock),
    access: {
      openStore(text) {
        const url = parseStoreUrl(text);
        if (url.kind !== "directory") throw new Error("The rig knows folders only.");
        return new DirectoryBlobStore({ path: url.path, url: url.text, clock });
      },
      setUp: () => Promise.resolve(),
      isForeign: () => false,
      probe: () => Promise.resolve({ conditionalWrites: true }),
    },
  });
  const isPoolLow = () => Promise.resolve(false);
  const timeline = new TimelineService({
    ...parts,
    locks,
    uploads: sync,
    author: "tester",
    healthChanged,
    isPoolLow,
  });
  const view = new ProjectView(rig.btrfs);
  const healthReader = new HealthReader({ ...parts, view, sync, timeline, problems: () => problems });
  const healthWatch: HealthWatch = new HealthWatch({ ...parts, reader: healthReader });
  const poolService = new PoolService({ ...parts, healthWatch });
  const projectPull = new ProjectPull({ ...parts, sync });
  const projectService = new ProjectService({
    ...parts,
    folders: new ProjectFolders(parts),
    lookup: new ProjectLookup(rig.projects),
    view,
    projectPull,
    locks,
    timeline,
    sync,
    healthReader,
    healthWatch,
  });
  const recover = () => rig.recover([projectPull.recoverer, ...timeline.recoverers]);
  const close = async () => {
    await healthWatch.close();
    await timeline.close();
    await sync.close();
    rig.catalog.close();
  };
  return {
    ...rig,
    sync,
    timeline,
    locks,
    healthWatch,
    poolService,
    projectPull,
    projectService,
    announced,
    problems,
    recover,
    close,
  };
}
export type ServiceRig = ReturnType<typeof openServiceRig>;
