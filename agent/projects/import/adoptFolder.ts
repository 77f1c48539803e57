import { basename } from "node:path";
import type { IntentKind, Intents } from "../../catalog/intents.ts";
import type { PoolRow } from "../../catalog/pools.ts";
import { type Recoverer, recoverer } from "../../catalog/recoverer.ts";
import type { Clock } from "../../host/clock.ts";
import type { CrashPoint } from "../../host/crashPoints.ts";
import type { LongCall } from "../../host/longCall.ts";
import type { Log } from "../../host/log.ts";
import { volumePath } from "../../volumes/layout.ts";
import { currentAuthor } from "../author.ts";
import { Birth, defaultSettings, type ProjectBirth } from "../projectBirth.ts";
import type { SlugReservations } from "../slugReservations.ts";
import { undoFailed } from "../undoFailed.ts";

export const adoptIntent: IntentKind<Birth> = { kind: "adopt", payload: Birth };

/** Makes a project of a folder that is a subvolume of a pool already, where it is. */
export class FolderAdoption {
  readonly #intents: Intents;
  readonly #slugs: SlugReservations;
  readonly #birth: ProjectBirth;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #crashPoint: CrashPoint;

  constructor(parts: {
    intents: Intents;
    slugs: SlugReservations;
    birth: ProjectBirth;
    clock: Clock;
    log: Log;
    crashPoint: CrashPoint;
  }) {
    this.#intents = parts.intents;
    this.#slugs = parts.slugs;
    this.#birth = parts.birth;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#crashPoint = parts.crashPoint;
  }

  /**
   * Adopts `folder`, which `projectRoot` let pass and which is a subvolume of `pool`; gives the new
   * project's id.
   * @throws ForkpointError SLUG_INVALID, SLUG_TAKEN, POOL_FULL, POOL_READ_ONLY, CANCELLED
   */
  async run(folder: string, slug: string | undefined, pool: PoolRow, call: LongCall): Promise<string> {
    // The folder itself may lie where a volume of that name would, left there by an earlier catalog.
    const volumeOf = (each: string) => {
      const volume = volumePath(pool.path, each);
      return volume === folder ? null : volume;
    };
    const reserved =
      slug === undefined
        ? await this.#slugs.like(basename(folder), volumeOf)
        : await this.#slugs.exactly(slug, volumeOf);
    try {
      call.signal.throwIfAborted();
      const birth: Birth = { ...this.#birth.plan(pool, reserved.slug), staging: null, volume: folder };
      const intentId = this.#intents.begin(adoptIntent, birth.projectId, birth, this.#clock.now());
      try {
        this.#crashPoint("adopt:intent");
        await this.#birth.prepare(birth);
        await this.#birth.takeFirst(birth);
        this.#crashPoint("adopt:snapshot");
        call.signal.throwIfAborted();
        this.#register(birth, intentId);
      } catch (thrown) {
        await undoFailed(
          { kind: adoptIntent.kind, projectId: birth.projectId },
          () => this.#undo(birth, intentId),
          this.#log,
        );
        throw thrown;
      }
      this.#crashPoint("adopt:registered");
      return birth.projectId;
    } finally {
      reserved.release();
    }
  }

  /** How start-up ends an adoption that was cut off: it is undone, the folder left as it was. */
  get recoverer(): Recoverer {
    return recoverer(
      adoptIntent,
      (birth, intent) => this.#undo(birth, intent.intentId),
      (birth) => birth.poolId,
    );
  }

  #register(birth: Birth, intentId: number): void {
    const origin = {
      cause: "import" as const,
      author: currentAuthor(),
      label: null,
      forkedFrom: null,
      settings: defaultSettings,
      manifestDigest: null,
      remoteHead: null,
      whole: true,
    };
    this.#birth.register(birth, origin, () => this.#intents.end(intentId));
  }

  async #undo(birth: Birth, intentId: number): Promise<void> {
    await this.#birth.undo(birth);
    this.#intents.end(intentId);
  }
}
