import { realpath } from "node:fs/promises";
import type { PoolRow, Pools } from "../../catalog/pools.ts";
import type { Projects } from "../../catalog/projects.ts";
import type { Btrfs } from "../../volumes/btrfs.ts";
import { readHomeFolders } from "./homeFolders.ts";
import { isWithin, readMountTable } from "../../volumes/mountTable.ts";
import type { PoolRegistry } from "../pools/poolRegistry.ts";
import { projectRoot } from "./refusedRoots.ts";

/** A folder that may become a project, after following links. */
export interface ProjectFolder {
  readonly path: string;
  /** The pool of which the folder is a subvolume; null when it has to be copied into one. */
  readonly subvolumeOf: PoolRow | null;
}

/** Judges folders by what is registered, mounted and called home on this machine now. */
export class ProjectFolders {
  readonly #pools: Pools;
  readonly #projects: Projects;
  readonly #registry: PoolRegistry;
  readonly #btrfs: Btrfs;
  readonly #agentHome: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(parts: {
    pools: Pools;
    projects: Projects;
    registry: PoolRegistry;
    btrfs: Btrfs;
    agentHome: string;
    env: NodeJS.ProcessEnv;
  }) {
    this.#pools = parts.pools;
    this.#projects = parts.projects;
    this.#registry = parts.registry;
    this.#btrfs = parts.btrfs;
    this.#agentHome = parts.agentHome;
    this.#env = parts.env;
  }

  /** @throws ForkpointError REFUSED_ROOT, PROJECT_EXISTS */
  async judge(path: string): Promise<ProjectFolder> {
    const root = await projectRoot(path, {
      agentHome: await realpath(this.#agentHome),
      homes: await readHomeFolders(this.#env),
      mounts: await readMountTable(),
      pools: this.#pools.list(),
      projects: this.#projects.list(),
    });
    return { path: root, subvolumeOf: await this.#poolOfSubvolume(root) };
  }

  async #poolOfSubvolume(root: string): Promise<PoolRow | null> {
    const pool = this.#pools.list().find((each) => isWithin(root, each.path));
    if (!pool || !(await this.#registry.isReady(pool.poolId))) return null;
    return (await this.#btrfs.isSubvolume(root)) ? pool : null;
  }
}
