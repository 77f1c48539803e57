import { join } from "node:path";
import { Catalog } from "./catalog/catalog.ts";
import { Entries } from "./catalog/entries.ts";
import { Intents } from "./catalog/intents.ts";
import { Pools } from "./catalog/pools.ts";
import { Projects } from "./catalog/projects.ts";
import { Settings } from "./catalog/settings.ts";
import { Processes } from "./host/processes.ts";
import { Btrfs } from "./volumes/btrfs.ts";
import { PoolDevice } from "./volumes/poolDevice.ts";
import { Privileged } from "./volumes/privileged.ts";

/**
 * What all rooms stand on: the catalog in `home` and this machine's file systems.
 * @throws ForkpointError CATALOG_NEWER, CATALOG_DAMAGED
 */
export function openGround(home: string) {
  const catalog = Catalog.open(join(home, "catalog.sqlite"));
  const processes = new Processes();
  const privileged = new Privileged(processes);
  return {
    catalog,
    intents: new Intents(catalog),
    pools: new Pools(catalog),
    projects: new Projects(catalog),
    entries: new Entries(catalog),
    settings: new Settings(catalog),
    processes,
    privileged,
    btrfs: new Btrfs(processes),
    device: new PoolDevice(processes, privileged),
  };
}
export type Ground = ReturnType<typeof openGround>;
