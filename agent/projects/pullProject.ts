import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { IntentKind, Intents } from "../catalog/intents.ts";
import type { PoolRow } from "../catalog/pools.ts";
import type { Projects } from "../catalog/projects.ts";
import { type Recoverer, recoverer } from "../catalog/recoverer.ts";
import type { Clock } from "../host/clock.ts";
import type { CrashPoint } from "../host/crashPoints.ts";
import type { LongCall } from "../host/longCall.ts";
import type { Log } from "../host/log.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { Pulled } from "../sync/pull/pull.ts";
import type { FoundRemote } from "../sync/pull/remoteProjects.ts";
import type { SyncService } from "../sync/syncService.ts";
import type { Btrfs } from "../volumes/btrfs.ts";
import { snapshotPath, volumePath } from "../volumes/layout.ts";
import { asPoolError } from "../volumes/poolErrors.ts";
import { currentAuthor } from "./author.ts";
import { Birth, defaultSettings, type Origin, type ProjectBirth } from "./projectBirth.ts";
import type { ReservedSlug, SlugReservations } from "./slugReservations.ts";
import { removeStaged } from "./stagingFolder.ts";
import { undoFailed } from "./undoFailed.ts";

export const pullIntent: IntentKind<Birth> = { kind: "pull", payload: Birth };

export interface PullProjectRequest {
  readonly found: FoundRemote;
  /** As in the store when absent. */
  readonly slug: string | undefined;
  readonly pool: PoolRow;
}

/** Makes a project of a snapshot in the store. */
export class ProjectPull {
  readonly #intents: Intents;
  readonly #projects: Projects;
  readonly #slugs: SlugReservations;
  readonly #birth: ProjectBirth;
  readonly #btrfs: Btrfs;
  readonly #sync: SyncService;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #crashPoint: CrashPoint;

  constructor(parts: {
    intents: Intents;
    projects: Projects;
    slugs: SlugReservations;
    birth: ProjectBirth;
    btrfs: Btrfs;
    sync: SyncService;
    clock: Clock;
    log: Log;
    crashPoint: CrashPoint;
  }) {
    this.#intents = parts.intents;
    this.#projects = parts.projects;
    this.#slugs = parts.slugs;
    this.#birth = parts.birth;
    this.#btrfs = parts.btrfs;
    this.#sync = parts.sync;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#crashPoint = parts.crashPoint;
  }

  /**
   * Rebuilds the snapshot as a project and gives the project's id: the same as in the store, so that this
   * machine goes on where another left off; a new one, forked from it, when the project is here already.
   * @throws ForkpointError SLUG_TAKEN, SLUG_INVALID, PROJECT_BUSY, POOL_FULL, POOL_READ_ONLY, NEEDS_ROOT,
   *   OBJECT_*, STORE_*, CANCELLED
   */
  async run({ found, slug, pool }: PullProjectRequest, call: LongCall): Promise<string> {
    const { manifest } = found;
    const reserved = await this.#reserve(slug ?? manifest.slug, pool);
    try {
      call.signal.throwIfAborted();
      const { birth, origin } = this.#plan(found, reserved.slug, pool);
      const intentId = this.#intents.begin(pullIntent, birth.projectId, birth, this.#clock.now());
      try {
        const { whole } = await this.#make(birth, found, call);
        const rebuiltFrom = whole && origin.manifestDigest === null ? found.manifestDigest : null;
        this.#birth.register(birth, { ...origin, whole, rebuiltFrom }, () => this.#intents.end(intentId));
      } catch (thrown) {
        await undoFailed(
          { kind: pullIntent.kind, projectId: birth.projectId },
          () => this.#undo(birth, intentId),
          this.#log,
        );
        throw thrown;
      }
      this.#crashPoint("pullProject:registered");
      return birth.projectId;
    } finally {
      reserved.release();
    }
  }

  /** How start-up ends a pull that was cut off: it is undone. */
  get recoverer(): Recoverer {
    return recoverer(
      pullIntent,
      (birth, { intentId }) => this.#undo(birth, intentId),
      (birth) => birth.poolId,
    );
  }

  async #reserve(slug: string, pool: PoolRow): Promise<ReservedSlug> {
    try {
      return await this.#slugs.exactly(slug, (each) => volumePath(pool.path, each));
    } catch (thrown) {
      if (!(thrown instanceof ForkpointError) || thrown.code !== "SLUG_TAKEN") throw thrown;
      throw new ForkpointError("SLUG_TAKEN", thrown.message, {
        hint: "Give it another name here with `--slug`.",
        cause: thrown,
      });
    }
  }

  /** Nothing may come between this and the intent, or two pulls could take the same id. */
  #plan(
    { manifest, manifestDigest, remoteHead }: FoundRemote,
    slug: string,
    pool: PoolRow,
  ): { birth: Birth; origin: Omit<Origin, "whole"> } {
    const { projectId, snapshotId } = manifest;
    const common = { cause: "pull", author: currentAuthor(), label: manifest.label } as const;
    const settings = defaultSettings;
    if (this.#projects.byId(projectId)) {
      // Its own timeline begins here: the store does not know this project yet.
      const forkedFrom = { projectId, slug: manifest.slug, snapshotId };
      const origin = { ...common, settings, forkedFrom, manifestDigest: null, remoteHead: null };
      return { birth: this.#birth.plan(pool, slug), origin };
    }
    if (this.#intents.list().some((intent) => intent.projectId === projectId)) {
      throw new ForkpointError("PROJECT_BUSY", `${manifest.slug} is being pulled or deleted at this moment.`);
    }
    const { forkedFrom } = manifest;
    const origin = { ...common, settings, forkedFrom, manifestDigest, remoteHead };
    return { birth: { ...this.#birth.plan(pool, slug, projectId), snapshotId }, origin };
  }

  async #make(birth: Birth, { manifest, manifestDigest }: FoundRemote, call: LongCall): Promise<Pulled> {
    const { staging, volume, pool, projectId, snapshotId } = birth;
    if (staging === null) throw new Error("A pull needs a staging place.");
    this.#crashPoint("pullProject:intent");
    await this.#birth.prepare(birth);
    await mkdir(staging, { mode: 0o700 }).catch((thrown: unknown) => {
      throw asPoolError(thrown, dirname(staging));
    });
    const destination = snapshotPath(pool, projectId, snapshotId);
    const request = { projectId: manifest.projectId, manifestDigest, staging, destination };
    const pulled = await this.#sync.pull(request, call);
    this.#crashPoint("pullProject:snapshot");
    call.signal.throwIfAborted();
    await this.#btrfs.snapshot(destination, volume, { readOnly: false });
    this.#crashPoint("pullProject:volume");
    await removeStaged(this.#btrfs, staging);
    call.signal.throwIfAborted();
    return pulled;
  }

  async #undo(birth: Birth, intentId: number): Promise<void> {
    await this.#birth.undo(birth);
    this.#intents.end(intentId);
  }
}
