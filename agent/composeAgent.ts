import { release } from "node:os";
import { type AgentOptions, type Ground, openGround } from "./openGround.ts";
import { currentAuthor } from "./projects/author.ts";
import { DiskAgreement } from "./projects/health/diskAgreement.ts";
import { Doctor } from "./projects/health/doctor.ts";
import { failingWork } from "./projects/health/failingWork.ts";
import { isLowOnSpace } from "./projects/health/health.ts";
import { HealthReader } from "./projects/health/healthReader.ts";
import { HealthWatch } from "./projects/health/healthWatch.ts";
import { OperationService } from "./projects/operationService.ts";
import { PoolCreation } from "./projects/pools/poolCreation.ts";
import { PoolGrowth } from "./projects/pools/poolGrowth.ts";
import { PoolRegistry } from "./projects/pools/poolRegistry.ts";
import { PoolRemoval } from "./projects/pools/poolRemoval.ts";
import { PoolService } from "./projects/pools/poolService.ts";
import { ProjectLookup } from "./projects/projectLookup.ts";
import { ProjectService } from "./projects/projectService.ts";
import { ProjectView } from "./projects/projectView.ts";
import { Recovery } from "./projects/recovery.ts";
import { SupportReport } from "./projects/support/supportReport.ts";
import type { AgentInfo } from "./protocol/agentInfo.ts";
import { StagingSweep } from "./projects/stagingSweep.ts";
import { furnishProjects } from "./furnishProjects.ts";
import { entryViews } from "./server/entryViews.ts";
import { roomMethods } from "./server/roomMethods.ts";
import type { Composition, Surroundings } from "./server/runAgent.ts";
import { TransferRates } from "./blobstore/byteRate.ts";
import { helperFacts } from "./helperFacts.ts";
import { storeAccess } from "./storeAccess.ts";
import { SyncService } from "./sync/syncService.ts";
import { SnapshotPlaces } from "./timeline/snapshotPlaces.ts";
import { TimelineService } from "./timeline/timelineService.ts";

/**
 * Puts the agent together over the catalog in its home, mounts its pools, ends what an earlier agent left
 * unfinished, and lets uploads go on.
 * @throws ForkpointError CATALOG_NEWER, CATALOG_DAMAGED
 */
export async function composeAgent(around: Surroundings, options: AgentOptions): Promise<Composition> {
  const ground = await openGround(around, options);
  try {
    return await furnish(ground);
  } catch (thrown) {
    ground.catalog.close();
    throw thrown;
  }
}

async function furnish(ground: Ground): Promise<Composition> {
  const registry = new PoolRegistry(ground);
  const creation = new PoolCreation(ground);
  const growth = new PoolGrowth({ ...ground, registry });
  const removal = new PoolRemoval({ ...ground, registry });
  const view = new ProjectView(ground.btrfs);
  const lookup = new ProjectLookup(ground.projects);

  // Health depends on everything and everything tells it: it is known by then.
  const healthChanged = (projectId: string | null) => healthWatch.changed(projectId);
  const rates = new TransferRates(ground.clock);
  const access = storeAccess(ground.clock, rates);
  const sync = new SyncService({ ...ground, access, rates, healthChanged });
  const timeline = new TimelineService({
    ...ground,
    uploads: sync,
    author: currentAuthor(),
    healthChanged,
    isPoolLow: async (poolId) => isLowOnSpace(await registry.describe(registry.named(poolId))),
  });
  const work = furnishProjects({ ...ground, registry, sync });
  const recovery = new Recovery({
    ...ground,
    pools: registry,
    sweep: new StagingSweep({ ...ground, pools: registry }),
    recoverers: [
      creation.recoverer,
      growth.recoverer,
      removal.recoverer,
      ...work.recoverers,
      ...timeline.recoverers,
    ],
  });
  const problems = () => recovery.problems;
  const healthReader = new HealthReader({
    ...ground,
    view,
    sync,
    timeline,
    problems,
  });
  const healthWatch = new HealthWatch({ ...ground, reader: healthReader, registry });

  const pools = new PoolService({ ...ground, registry, creation, growth, removal, healthWatch });
  const projects = new ProjectService({
    ...ground,
    ...work,
    registry,
    lookup,
    view,
    timeline,
    sync,
    healthReader,
    healthWatch,
  });
  const operations = new OperationService({ ...ground, lookup, timeline });
  const entries = entryViews({ ...ground, places: new SnapshotPlaces(ground) });
  const doctor = new Doctor({
    ...ground,
    registry,
    agreement: new DiskAgreement({ ...ground, registry }),
    store: {
      ...ground,
      check: (signal) =>
        sync.showStore() ? sync.checkStore({ signal, report: () => undefined }) : Promise.resolve(null),
    },
    helper: () => helperFacts(ground.env),
    machine: { kernel: release(), proc: "/proc" },
    failures: (projectId) => failingWork(sync, timeline, projectId),
    problems,
    version: ground.facts.version,
  });
  const report = new SupportReport({
    ...ground,
    registry,
    health: healthReader,
    examine: (signal) => doctor.examine(signal),
    store: () => sync.showStore(),
    helperVersion: async () => (await helperFacts(ground.env)).version,
    tail: (lines) => ground.log.tail(lines),
    version: ground.facts.version,
    privileges: ground.privileged.mode,
  });

  const info: AgentInfo = {
    ...ground.facts,
    privileges: ground.privileged.mode,
    degradations: [...ground.privileged.degradations],
  };

  await registry.mountAll();
  await recovery.run();
  timeline.start();
  sync.start();
  timeline.acts.start();
  return {
    info,
    handlers: roomMethods({
      pools,
      projects,
      operations,
      lookup,
      timeline,
      sync,
      healthWatch,
      view: entries,
      info,
      log: ground.log,
    }),
    examine: (signal) => doctor.examine(signal),
    support: (signal) => report.gather(signal),
    hasBackgroundWork: () => sync.hasWork() || timeline.hasWork,
    close: async () => {
      await timeline.close();
      await sync.close();
      await healthWatch.close();
      ground.catalog.close();
    },
  };
}
