import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Acts } from "../../../../agent/catalog/acts.ts";
import { Catalog } from "../../../../agent/catalog/catalog.ts";
import { Entries } from "../../../../agent/catalog/entries.ts";
import { Intents } from "../../../../agent/catalog/intents.ts";
import { KeptEntries } from "../../../../agent/catalog/keptEntries.ts";
import { Operations } from "../../../../agent/catalog/operations.ts";
import { Pools } from "../../../../agent/catalog/pools.ts";
import { Projects } from "../../../../agent/catalog/projects.ts";
import type { Recoverer } from "../../../../agent/catalog/recoverer.ts";
import { systemClock } from "../../../../agent/host/clock.ts";
import { type CrashPoint, neverCrash } from "../../../../agent/host/crashPoints.ts";
import { silentLog } from "../../../../agent/host/log.ts";
import { PoolCreation } from "../../../../agent/projects/pools/poolCreation.ts";
import { PoolGrowth } from "../../../../agent/projects/pools/poolGrowth.ts";
import { PoolRegistry } from "../../../../agent/projects/pools/poolRegistry.ts";
import { PoolRemoval } from "../../../../agent/projects/pools/poolRemoval.ts";
import { Recovery } from "../../../../agent/projects/recovery.ts";
import { StagingSweep } from "../../../../agent/projects/stagingSweep.ts";
import { Btrfs } from "../../../../agent/volumes/btrfs.ts";
import { PoolDevice } from "../../../../agent/volumes/poolDevice.ts";
import { RootPrivileged } from "../../../../agent/volumes/privileged/rootPrivileged.ts";
import { processes } from "../../../support/processes.ts";

/** Everything about pools over the catalog in `home`, as the agent would put it together. */
export function openPoolRig(home: string, crashPoint: CrashPoint = neverCrash) {
  mkdirSync(home, { recursive: true });
  const catalog = Catalog.open(join(home, "catalog.sqlite"));
  const intents = new Intents(catalog);
  const pools = new Pools(catalog);
  const projects = new Projects(catalog);
  const entries = new Entries(catalog);
  const kept = new KeptEntries(catalog);
  const operations = new Operations(catalog);
  const acts = new Acts(catalog);
  const privileged = new RootPrivileged(processes);
  const device = new PoolDevice(processes, privileged);
  const btrfs = new Btrfs(processes);
  const clock = systemClock;
  const log = silentLog;
  const registry = new PoolRegistry({ pools, device, privileged, clock, log });
  const creation = new PoolCreation({
    catalog,
    intents,
    pools,
    device,
    privileged,
    clock,
    log,
    crashPoint,
    agentHome: home,
  });
  const growth = new PoolGrowth({ intents, registry, device, clock, crashPoint });
  const removal = new PoolRemoval({
    catalog,
    intents,
    pools,
    projects,
    registry,
    device,
    clock,
    crashPoint,
    agentHome: home,
  });
  const sweep = new StagingSweep({ pools: registry, btrfs, log });
  const recovery = (recoverers: readonly Recoverer[] = []) =>
    new Recovery({
      intents,
      projects,
      entries,
      pools: registry,
      sweep,
      log,
      recoverers: [creation.recoverer, growth.recoverer, removal.recoverer, ...recoverers],
    });
  return {
    catalog,
    intents,
    pools,
    projects,
    entries,
    kept,
    operations,
    acts,
    processes,
    btrfs,
    device,
    privileged,
    registry,
    creation,
    growth,
    removal,
    recovery,
    clock,
    log,
  };
}
