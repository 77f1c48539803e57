import { z } from "zod";
import type { IntentKind, Intents } from "../catalog/intents.ts";
import type { EntryRow } from "../catalog/entryRow.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import { type Recoverer, recoverer } from "../catalog/recoverer.ts";
import type { Clock } from "../host/clock.ts";
import type { CrashPoint } from "../host/crashPoints.ts";
import type { LongCall } from "../host/longCall.ts";
import type { Log } from "../host/log.ts";
import type { Btrfs } from "../volumes/btrfs.ts";
import { snapshotPath, volumePath } from "../volumes/layout.ts";
import { currentAuthor } from "./author.ts";
import type { PoolRegistry } from "./pools/poolRegistry.ts";
import { Birth, type ProjectBirth } from "./projectBirth.ts";
import { settingsOf } from "./projectView.ts";
import type { SlugReservations } from "./slugReservations.ts";
import { undoFailed } from "./undoFailed.ts";

const Payload = Birth.extend({ from: z.object({ projectId: z.string(), snapshotId: z.string() }) });
type Payload = z.infer<typeof Payload>;

export const forkIntent: IntentKind<Payload> = { kind: "fork", payload: Payload };

/** Makes a new project whose volume starts as a writable snapshot of an entry of another's. */
export class Fork {
  readonly #intents: Intents;
  readonly #pools: PoolRegistry;
  readonly #slugs: SlugReservations;
  readonly #birth: ProjectBirth;
  readonly #btrfs: Btrfs;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #crashPoint: CrashPoint;

  constructor(parts: {
    intents: Intents;
    pools: PoolRegistry;
    slugs: SlugReservations;
    birth: ProjectBirth;
    btrfs: Btrfs;
    clock: Clock;
    log: Log;
    crashPoint: CrashPoint;
  }) {
    this.#intents = parts.intents;
    this.#pools = parts.pools;
    this.#slugs = parts.slugs;
    this.#birth = parts.birth;
    this.#btrfs = parts.btrfs;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#crashPoint = parts.crashPoint;
  }

  /**
   * Forks `parent` at `entry` as `slug`; gives the new project's id. The caller sees to it that the
   * entry is not deleted meanwhile.
   * @throws ForkpointError SLUG_INVALID, SLUG_TAKEN, POOL_FULL, POOL_READ_ONLY, CANCELLED
   */
  async run(parent: ProjectRow, entry: EntryRow, slug: string, call: LongCall): Promise<string> {
    const pool = this.#pools.named(parent.poolId);
    const reserved = await this.#slugs.exactly(slug, (each) => volumePath(pool.path, each));
    try {
      call.signal.throwIfAborted();
      const payload: Payload = {
        ...this.#birth.plan(pool, slug),
        from: { projectId: parent.projectId, snapshotId: entry.snapshotId },
      };
      const intentId = this.#intents.begin(forkIntent, payload.projectId, payload, this.#clock.now());
      try {
        await this.#make(payload, parent, intentId, call);
      } catch (thrown) {
        await undoFailed(
          { kind: forkIntent.kind, projectId: payload.projectId },
          () => this.#undo(payload, intentId),
          this.#log,
        );
        throw thrown;
      }
      this.#crashPoint("fork:registered");
      return payload.projectId;
    } finally {
      reserved.release();
    }
  }

  /** How start-up ends a fork that was cut off: it is undone. */
  get recoverer(): Recoverer {
    return recoverer(
      forkIntent,
      (payload, intent) => this.#undo(payload, intent.intentId),
      (payload) => payload.poolId,
    );
  }

  async #make(payload: Payload, parent: ProjectRow, intentId: number, call: LongCall): Promise<void> {
    const { pool, staging, from } = payload;
    if (staging === null) throw new Error("A fork needs a staging place.");
    this.#crashPoint("fork:intent");
    await this.#birth.prepare(payload);
    const source = snapshotPath(pool, from.projectId, from.snapshotId);
    await this.#btrfs.snapshot(source, staging, { readOnly: false });
    this.#crashPoint("fork:volume");
    call.signal.throwIfAborted();
    await this.#birth.settle(payload);
    this.#crashPoint("fork:settled");
    await this.#birth.takeFirst(payload);
    this.#crashPoint("fork:snapshot");
    call.signal.throwIfAborted();
    const origin = {
      cause: "fork" as const,
      author: currentAuthor(),
      label: null,
      forkedFrom: { ...from, slug: parent.slug },
      settings: settingsOf(parent),
      manifestDigest: null,
      remoteHead: null,
      whole: parent.whole,
    };
    this.#birth.register(payload, origin, () => this.#intents.end(intentId));
  }

  async #undo(payload: Payload, intentId: number): Promise<void> {
    await this.#birth.undo(payload);
    this.#intents.end(intentId);
  }
}
