import type { Projects } from "../../catalog/projects.ts";
import type { Announce } from "../../host/announce.ts";
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../host/log.ts";
import type { Pool } from "../../protocol/pool.ts";
import type { HealthReader } from "./healthReader.ts";
import type { PoolRegistry } from "../pools/poolRegistry.ts";

/** Changes come in bursts; one judgement of each burst is enough. */
const settleMs = 200;
/** How often the pools are looked at while somebody watches: nothing tells us that a disk fills up. */
const lookEveryMs = 60_000;

/** Tells clients the health of the machine and of every project whenever it became another. */
export class HealthWatch {
  readonly #reader: HealthReader;
  readonly #registry: PoolRegistry;
  readonly #projects: Projects;
  readonly #announce: Announce;
  readonly #clock: Clock;
  readonly #log: Log;
  /** By project id, the machine's under null: what was announced last. */
  readonly #told = new Map<string | null, string>();
  #dirty = new Set<string | null>();
  /** By pool id, as last seen. */
  #poolStates = new Map<string, Pool["state"]>();
  #watchers = 0;
  #running: Promise<void> | null = null;
  #isClosed = false;
  #cancelSettling: (() => void) | null = null;
  #cancelLook: (() => void) | null = null;

  constructor(parts: {
    reader: HealthReader;
    registry: PoolRegistry;
    projects: Projects;
    announce: Announce;
    clock: Clock;
    log: Log;
  }) {
    this.#reader = parts.reader;
    this.#registry = parts.registry;
    this.#projects = parts.projects;
    this.#announce = parts.announce;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** Something changed that health depends on: of one project, or with null of the machine and all. */
  changed(projectId: string | null): void {
    if (this.#isClosed) return;
    this.#dirty.add(projectId);
    this.#settle();
  }

  /** Somebody wants to know; to be told when they leave. While anybody does, space is looked at. */
  watch(): () => void {
    let isLeft = false;
    if (this.#watchers++ === 0) this.#lookLater();
    return () => {
      if (isLeft) return;
      isLeft = true;
      if (--this.#watchers > 0) return;
      this.#cancelLook?.();
      this.#cancelLook = null;
    };
  }

  /** Resolves when no judgement is under way. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Announces nothing any more, once this resolves. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelSettling?.();
    this.#cancelLook?.();
    await this.#running;
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#cancelLook = this.#clock.after(lookEveryMs, () => {
      this.changed(null);
      this.#lookLater();
    });
  }

  #settle(): void {
    if (this.#cancelSettling || this.#running) return;
    this.#cancelSettling = this.#clock.after(settleMs, () => {
      this.#cancelSettling = null;
      this.#running = this.#tell()
        .catch((thrown: unknown) => {
          this.#log.error("health could not be told", { message: String(thrown) });
        })
        .finally(() => {
          this.#running = null;
          if (this.#dirty.size > 0 && !this.#isClosed) this.#settle();
        });
    });
  }

  async #tell(): Promise<void> {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    const pools = await this.#registry.list();
    this.#tellPools(pools);
    const projects = this.#projects.list();
    for (const project of projects) {
      if (dirty.has(null) || dirty.has(project.projectId)) await this.#tellOne(project.projectId, pools);
    }
    const known = new Set(projects.map((project) => project.projectId));
    for (const id of this.#told.keys()) if (id !== null && !known.has(id)) this.#told.delete(id);
    await this.#tellOne(null, pools);
  }

  async #tellOne(projectId: string | null, pools: readonly Pool[]): Promise<void> {
    const row = projectId === null ? null : this.#projects.byId(projectId);
    if (row === undefined) return;
    const health = await this.#reader.read(row, pools);
    const text = JSON.stringify(health);
    if (this.#isClosed || this.#told.get(projectId) === text) return;
    this.#told.set(projectId, text);
    this.#announce("changed/health", { projectId, health });
  }

  /** A pool that came or went otherwise than by our doing was announced by nobody. */
  #tellPools(pools: readonly Pool[]): void {
    const before = this.#poolStates;
    this.#poolStates = new Map(pools.map(({ poolId, state }) => [poolId, state]));
    const isNews = pools.some(({ poolId, state }) => (before.get(poolId) ?? state) !== state);
    if (isNews && !this.#isClosed) this.#announce("changed/machine", { what: "pools" });
  }
}
