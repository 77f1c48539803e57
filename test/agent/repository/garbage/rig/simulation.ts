import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BlobStore } from "../../../../../agent/blobstore/blobStore.ts";
import { systemClock } from "../../../../../agent/host/clock.ts";
import { neverCrash } from "../../../../../agent/host/crashPoints.ts";
import { ForkpointError } from "../../../../../agent/protocol/errors.ts";
import type { Digest } from "../../../../../agent/repository/digest.ts";
import { Collector } from "../../../../../agent/repository/garbage/collector.ts";
import { keepSnapshots } from "../../../../../agent/repository/garbage/keepSnapshots.ts";
import type { Retention } from "../../../../../agent/repository/garbage/retention.ts";
import { findUnindexed, forgetBlobs, indexAgain } from "../../../../../agent/repository/graph/mending.ts";
import { SnapshotGraph } from "../../../../../agent/repository/graph/snapshotGraph.ts";
import { Verifier, type Verdict } from "../../../../../agent/repository/graph/verifier.ts";
import { Repository, type RepositoryOptions } from "../../../../../agent/repository/repository.ts";
import { storeSnapshot } from "../../../../../agent/sync/push/storeSnapshot.ts";
import type { RepositoryKind } from "../../../../support/repositoryKinds.ts";
import { DisturbedStore, Disturbance } from "./disturbedStore.ts";
import { assertRestores, buildSmall, type Folders } from "./smallSnapshot.ts";
import { Killed, SteppedStore, type Steps } from "./steppedStore.ts";

export const hourMs = 3_600_000;
export const graceMs = 24 * hourMs;
const undisturbed = new AbortController().signal;

/** A snapshot that a push has called stored. */
export interface Durable {
  readonly manifestDigest: Digest;
  readonly folders: Folders;
  readonly createdAt: string;
}

/** A machine with one project: what it believes to be in the store, and its timeline. */
export class SimulatedMachine {
  readonly name: string;
  readonly projectId: string;
  readonly durable: Durable[] = [];
  /** What the timeline shows; the newest last. */
  timeline: Durable[] = [];
  readonly #random: () => number;
  readonly #steps: Steps;
  readonly #below: BlobStore;
  readonly #kind: RepositoryKind;
  readonly #home: string;
  /** By how much the machine's clock is wrong, in milliseconds. */
  readonly #skew: number;
  readonly #now: () => number;
  readonly #disturbance: Disturbance;
  #head: Digest | null = null;
  #next = 0;
  #collections = 0;

  constructor(
    name: string,
    parts: {
      below: BlobStore;
      kind: RepositoryKind;
      steps: Steps;
      random: () => number;
      now: () => number;
      skew: number;
      disturbance?: Disturbance;
    },
  ) {
    this.name = name;
    this.projectId = `project${name}`;
    this.#below = parts.below;
    this.#kind = parts.kind;
    this.#steps = parts.steps;
    this.#random = parts.random;
    this.#now = parts.now;
    this.#skew = parts.skew;
    this.#disturbance = parts.disturbance ?? new Disturbance(parts.random);
    // In memory where there is such a folder: thousands of databases come and go.
    const folder = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
    this.#home = mkdtempSync(join(folder, "forkpoint-gc-"));
  }

  close(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }

  /**
   * Pushes a snapshot of the folders; once more when it was killed.
   * @param how.isLast whether it takes its time, may be killed right after its manifest, and then is not tried again
   */
  async push(folders: Folders, { isLast = false } = {}): Promise<void> {
    const crashPoint = (name: string) => {
      if (isLast && name === "push:manifest-written" && this.#random() < 0.7) throw new Killed(this.name);
    };
    const createdAt = new Date(this.#now() + this.#skew).toISOString();
    const record = { projectId: this.projectId, slug: this.name, snapshotId: `s${this.#next++}`, createdAt };
    const newest = this.timeline.at(-1);
    const base = newest && this.#random() < 0.8 ? { ...newest, projectId: this.projectId } : null;
    let isSlow = isLast;
    for (let tries = 0; tries < (isLast ? 1 : 20); tries++) {
      const done = await this.#as(`push ${this.name}`, async (repository, signal) => {
        const { manifestDigest } = await storeSnapshot(
          {
            projectId: this.projectId,
            slug: this.name,
            forkedFrom: null,
            machineId: this.name,
            knownHead: this.#head,
            becomesHead: true,
            build: async (packs, fence) => {
              const built = await buildSmall(repository, record, folders, base, packs, fence, signal);
              if (isSlow) this.#steps.suspend(`push ${this.name}`, Math.floor(this.#random() * 2000));
              isSlow = false;
              return built;
            },
          },
          { repository, crashPoint, now: () => this.#now() + this.#skew },
          signal,
        );
        this.#head = manifestDigest;
        const stored = { manifestDigest, folders, createdAt };
        this.durable.push(stored);
        this.timeline = [...this.timeline, stored].slice(-3);
      });
      if (done) return;
    }
  }

  /** Tells the others what the timeline shows; forgets what is gone. */
  async keep(): Promise<void> {
    await this.#as(`keep ${this.name}`, async (repository, signal) => {
      const names = this.timeline.map(({ manifestDigest }) => `${this.projectId}/${manifestDigest}`);
      const lost = new Set(await keepSnapshots(repository, this.name, names, signal));
      this.timeline = this.timeline.filter(
        ({ manifestDigest }) => !lost.has(`${this.projectId}/${manifestDigest}`),
      );
    });
  }

  /** Runs the collection once. */
  async collect(policy: Retention, { mustSucceed = false } = {}): Promise<void> {
    await this.#as(`collect ${this.name}`, async (repository, signal) => {
      const graph = this.#openGraph();
      try {
        const collector = new Collector({
          repository,
          graph,
          machineId: this.name,
          graceMs,
          crashPoint: neverCrash,
          signal,
          pace: () => undefined,
        });
        await collector.run(policy);
      } catch (thrown) {
        // The other machine collects at the same time, or a push that was overtaken has not yet taken back
        // its manifest. Nothing is deleted then.
        const isRace = thrown instanceof ForkpointError && thrown.code === "GC_REFUSED";
        if (!isRace || mustSucceed) throw thrown;
      } finally {
        graph.close();
      }
    });
  }

  /** Verifies all there is; what is bad is forgotten, and what of the timeline needs it is pushed again. */
  async verify(): Promise<void> {
    let suspects: readonly Verdict[] = [];
    await this.#as(`verify ${this.name}`, async (repository, signal) => {
      const graph = this.#openGraph();
      const options = { projectId: null, slots: 1, signal, pace: () => undefined, expect: () => undefined };
      try {
        const verifier = new Verifier(repository, graph, { ...options, addBytes: () => undefined });
        const { verdicts, badBlobs } = await verifier.verify();
        suspects = verdicts.filter(({ state }) => state === "damaged");
        const nodes = badBlobs.map(({ node }) => node);
        if (nodes.length > 0) await forgetBlobs(repository, nodes, { signal, crashPoint: neverCrash });
      } catch (thrown) {
        if (!(thrown instanceof ForkpointError) || thrown.code !== "GC_UNDER_WAY") throw thrown;
      } finally {
        graph.close();
      }
    });
    const bad = new Set(suspects.map(({ manifestDigest }) => manifestDigest));
    const again = this.timeline.filter(({ manifestDigest }) => bad.has(manifestDigest));
    for (const { folders } of again) await this.push(folders);
  }

  /** Names packs again that no index names. */
  async repair(): Promise<void> {
    await this.#as(`repair ${this.name}`, async (repository, signal) => {
      try {
        const unindexed = await findUnindexed(repository, { signal, pace: () => undefined });
        if (unindexed.packs.length + unindexed.damagedIndexes.length === 0) return;
        await indexAgain(repository, unindexed, { signal, crashPoint: neverCrash });
      } catch (thrown) {
        if (!(thrown instanceof ForkpointError) || thrown.code !== "GC_UNDER_WAY") throw thrown;
      }
    });
  }

  /** Reads a snapshot of the timeline back, as a pull does. */
  async pull(): Promise<void> {
    const wanted = this.timeline[Math.floor(this.#random() * this.timeline.length)];
    if (!wanted) return;
    await this.#as(`pull ${this.name}`, (repository, signal) =>
      assertRestores(repository, this.projectId, wanted.manifestDigest, wanted.folders, signal),
    );
  }

  /** Deletes the oldest entry of the timeline; what it needs may go once the others were told. */
  forget(): void {
    this.timeline = this.timeline.slice(1);
  }

  /** Its disk is lost and nobody sees its timeline again. */
  vanish(): void {
    this.timeline = [];
  }

  /** Everything that was called stored and is still there restores; what must be there is. */
  async check(last: number): Promise<{ restored: number; dropped: number }> {
    const options = this.#options(this.#below, "check");
    const signal = undisturbed;
    const repository = await Repository.open(options, { ...this.#kind.mode, make: null, signal });
    let restored = 0;
    try {
      const present = new Set<string>();
      for await (const id of repository.listManifests(this.projectId, signal)) present.add(id);
      const head = (await repository.readRef(this.projectId, signal))?.ref.head;
      assert.ok(head === undefined || present.has(head), `${this.name} lost its head`);
      const newest = (last === 0 ? [] : this.durable.slice(-last)).map(
        ({ manifestDigest }) => manifestDigest,
      );
      const shown = this.timeline.map(({ manifestDigest }) => manifestDigest);
      for (const id of [...newest, ...shown]) assert.ok(present.has(id), `${this.name} lost ${id}`);
      for (const { manifestDigest, folders } of this.durable) {
        if (!present.has(manifestDigest)) continue;
        await assertRestores(repository, this.projectId, manifestDigest, folders, signal);
        restored++;
      }
    } finally {
      repository.close();
    }
    return { restored, dropped: this.durable.length - restored };
  }

  #openGraph(): SnapshotGraph {
    return SnapshotGraph.open(join(this.#home, `graph${this.#collections++}`));
  }

  #options(store: BlobStore, cache: string): RepositoryOptions {
    const cacheDirectory = join(this.#home, cache);
    return { store, cacheDirectory, conditionalWrites: true, clock: systemClock };
  }

  /** Opens the repository as a process of its own would. Whether it came to its end. */
  async #as(
    actor: string,
    work: (repository: Repository, signal: AbortSignal) => Promise<void>,
  ): Promise<boolean> {
    this.#steps.revive(actor);
    const controller = new AbortController();
    const { signal } = controller;
    const stepped = new SteppedStore(this.#below, this.#steps, actor);
    const store = new DisturbedStore(stepped, this.#disturbance, () => controller.abort());
    try {
      const mode = { ...this.#kind.mode, signal };
      const repository = await Repository.open(this.#options(store, "cache"), mode);
      try {
        await work(repository, signal);
      } finally {
        repository.close();
      }
      return true;
    } catch (thrown) {
      // Who is overtaken by one collection after the other is left for later, as the queue of pushes leaves it.
      if (thrown instanceof ForkpointError && thrown.code === "GC_UNDER_WAY") return false;
      if (thrown instanceof Killed || store.explains(thrown)) return false;
      throw thrown;
    }
  }
}
