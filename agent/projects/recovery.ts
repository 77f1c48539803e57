import type { Entries } from "../catalog/entries.ts";
import type { IntentRow, Intents } from "../catalog/intents.ts";
import type { Projects } from "../catalog/projects.ts";
import type { Recoverer } from "../catalog/recoverer.ts";
import type { Log } from "../host/log.ts";
import type { PoolRegistry } from "./pools/poolRegistry.ts";
import type { StagingSweep } from "./stagingSweep.ts";

/** An interrupted operation that could not be ended; it is tried again at the next start. */
export interface RecoveryProblem {
  readonly kind: string;
  readonly projectId: string | null;
  readonly message: string;
}

/**
 * Ends what an earlier agent left unfinished. Runs before the server listens; runs again when a pool
 * that was absent comes back.
 */
export class Recovery {
  readonly #intents: Intents;
  readonly #projects: Projects;
  readonly #entries: Entries;
  readonly #pools: PoolRegistry;
  readonly #sweep: StagingSweep;
  readonly #log: Log;
  readonly #recoverers: ReadonlyMap<string, Recoverer>;
  #problems: RecoveryProblem[] = [];

  constructor(parts: {
    intents: Intents;
    projects: Projects;
    entries: Entries;
    pools: PoolRegistry;
    sweep: StagingSweep;
    log: Log;
    recoverers: readonly Recoverer[];
  }) {
    this.#intents = parts.intents;
    this.#projects = parts.projects;
    this.#entries = parts.entries;
    this.#pools = parts.pools;
    this.#sweep = parts.sweep;
    this.#log = parts.log;
    this.#recoverers = new Map(parts.recoverers.map((each) => [each.kind, each]));
  }

  /** What the last run could not end. */
  get problems(): readonly RecoveryProblem[] {
    return this.#problems;
  }

  /** Ends every intent whose pool is mounted, oldest first. One that fails does not stop the others. */
  async run(): Promise<void> {
    this.#entries.resetUploads();
    this.#problems = [];
    for (const intent of this.#intents.list()) await this.#end(intent);
    await this.#sweep.run(this.#intents.list());
  }

  async #end(intent: IntentRow): Promise<void> {
    const { kind, intentId, projectId } = intent;
    try {
      const recoverer = this.#recoverers.get(kind);
      if (!recoverer) throw new Error("This version of Forkpoint does not know the operation.");
      const poolId = this.#poolOf(recoverer, intent);
      if (poolId === undefined) {
        this.#log.warn("dropped an operation whose pool or project is gone", { kind, intentId, projectId });
        this.#intents.end(intentId);
        return;
      }
      if (poolId !== null && !(await this.#pools.isReady(poolId))) {
        this.#log.warn("an operation waits for its pool", { kind, intentId, poolId });
        return;
      }
      await recoverer.recover(intent);
      this.#log.info("ended an interrupted operation", { kind, intentId, projectId });
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      this.#log.error("an interrupted operation could not be ended", { kind, intentId, projectId, message });
      this.#problems.push({ kind, projectId, message });
    }
  }

  /** undefined when the pool (or the project that would name it) is not registered any more. */
  #poolOf(recoverer: Recoverer, intent: IntentRow): string | null | undefined {
    const named = recoverer.poolOf(intent);
    if (named === null) return null;
    const poolId =
      named ?? (intent.projectId === null ? undefined : this.#projects.byId(intent.projectId)?.poolId);
    return poolId !== undefined && this.#pools.isRegistered(poolId) ? poolId : undefined;
  }
}
