import { join } from "node:path";
import { Acts } from "./catalog/acts.ts";
import { Catalog } from "./catalog/catalog.ts";
import { Entries } from "./catalog/entries.ts";
import { Intents } from "./catalog/intents.ts";
import { KeptEntries } from "./catalog/keptEntries.ts";
import { Operations } from "./catalog/operations.ts";
import { Pools } from "./catalog/pools.ts";
import { Projects } from "./catalog/projects.ts";
import { Settings } from "./catalog/settings.ts";
import type { CrashPoint } from "./host/crashPoints.ts";
import { ProgramLauncher } from "./host/launcher/programLauncher.ts";
import { Processes } from "./host/processes.ts";
import { ProjectLocks } from "./host/projectLocks.ts";
import type { Surroundings } from "./server/runAgent.ts";
import { Btrfs } from "./volumes/btrfs.ts";
import { PoolDevice } from "./volumes/poolDevice.ts";
import { choosePrivileged } from "./volumes/privileged/choosePrivileged.ts";

/** What the process that runs the agent decides. */
export interface AgentOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly crashPoint: CrashPoint;
}

/**
 * What all rooms stand on: the agent's surroundings, the catalog in its home, this machine's file systems.
 * @throws ForkpointError CATALOG_NEWER, CATALOG_DAMAGED
 */
export async function openGround(around: Surroundings, options: AgentOptions) {
  const processes = new Processes(new ProgramLauncher());
  const privileged = await choosePrivileged(processes, options.env, around.log);
  const catalog = Catalog.open(join(around.home, "catalog.sqlite"));
  return {
    ...around,
    ...options,
    agentHome: around.home,
    catalog,
    intents: new Intents(catalog),
    pools: new Pools(catalog),
    projects: new Projects(catalog),
    entries: new Entries(catalog),
    kept: new KeptEntries(catalog),
    operations: new Operations(catalog),
    acts: new Acts(catalog),
    settings: new Settings(catalog),
    locks: new ProjectLocks(),
    processes,
    privileged,
    btrfs: new Btrfs(processes),
    device: new PoolDevice(processes, privileged),
  };
}
export type Ground = Awaited<ReturnType<typeof openGround>>;
