import type { CrashPoint } from "../../host/crashPoints.ts";
import type { Digest } from "../digest.ts";
import type { SnapshotGraph } from "../graph/snapshotGraph.ts";
import type { Repository } from "../repository.ts";
import { Deletion, type Deleted } from "./deletion.ts";
import { assertDispensable, planGc, refused, refusing, type GcPlan } from "./gcPlan.ts";
import type { GcState, ReadGc } from "./gcRecord.ts";
import { LiveMark } from "./liveMark.ts";
import { oldClaims, dropLateClaims } from "./oldClaims.ts";
import { repack } from "./repack.ts";
import { rememberRetention } from "./rememberRetention.ts";
import type { Retention } from "./retention.ts";
import { allSnapshots, wantedSnapshots } from "./snapshotsToKeep.ts";

export interface CollectorParts {
  readonly repository: Repository;
  readonly graph: SnapshotGraph;
  readonly machineId: string;
  /** How long what is condemned stays, in milliseconds by the store's clock. */
  readonly graceMs: number;
  readonly crashPoint: CrashPoint;
  readonly signal: AbortSignal;
  /** Awaited often, so that a cancellation is noticed. */
  readonly pace: () => Promise<void> | undefined;
}

/** What a run has done. */
export interface GcOutcome {
  /** What was deleted in this run. */
  readonly deleted: Deleted;
  /** What is condemned now. */
  readonly condemned: { readonly manifests: number; readonly packs: number };
  /** Milliseconds until what is condemned can go; null when nothing is. */
  readonly dueInMs: number | null;
}

/** How often a step begins anew when others write the record meanwhile. */
const attempts = 20;

const nothing = { manifests: 0, packs: 0, bytes: 0 };

/**
 * Collects the garbage of a repository in two runs, a grace period apart: the first condemns, the second
 * looks again and deletes. FORMAT.md, "Garbage", says why no snapshot suffers. Ended anywhere, the next run
 * goes on.
 */
export class Collector {
  readonly #parts: CollectorParts;
  readonly #mark: LiveMark;

  constructor(parts: CollectorParts) {
    this.#parts = parts;
    this.#mark = new LiveMark(parts);
  }

  /** What would be condemned now. Changes nothing but the store's clock object. @throws ForkpointError GC_REFUSED */
  async plan(policy: Retention): Promise<GcPlan> {
    const { repository, graceMs, signal } = this.#parts;
    const now = await repository.objects.now(signal);
    return planGc(repository, this.#mark, { policy, now, graceMs }, signal);
  }

  /**
   * Goes on with what was begun: deletes what was condemned a grace period ago, and condemns what is garbage now.
   * @throws ForkpointError GC_REFUSED, STORE_*, OBJECT_*
   */
  async run(policy: Retention): Promise<GcOutcome> {
    const { repository, signal } = this.#parts;
    await this.#assertMayCollect();
    let read = await repository.gc.read(signal);
    if (read) read = await rememberRetention(repository, read, policy, signal);
    let deleted = nothing;
    if (read?.state.phase === "condemned") read = await this.#decideWhenDue(read);
    if (read?.state.phase === "deleting") deleted = await new Deletion(this.#parts).run(read.state);
    read = await repository.gc.read(signal);
    if (!read || read.state.phase === "idle") await this.#condemn(read, policy);
    await refusing(() => dropLateClaims(repository, this.#parts.graceMs, signal));
    read = await repository.gc.read(signal);
    // Not before: only now it is known that no record was lost.
    if (!read) read = await rememberRetention(repository, null, policy, signal);
    const { manifests = [], packs = [] } = read?.state ?? {};
    const dueInMs = await this.dueInMs(read);
    return { deleted, condemned: { manifests: manifests.length, packs: packs.length }, dueInMs };
  }

  /** Milliseconds until what is condemned can go; null when nothing is. Changes nothing but the store's clock object. */
  async dueInMs(read: ReadGc | null): Promise<number | null> {
    return read && read.state.phase !== "idle" ? this.#dueInMs(read.state) : null;
  }

  async #condemn(read: ReadGc | null, policy: Retention): Promise<void> {
    const { repository, graph, crashPoint, signal, pace } = this.#parts;
    const plan = await this.#unlessOvertaken(read, async () => {
      const made = await this.plan(policy);
      // Versions that did not write `gc/begun` leave this trace: the record was lost, and with it what is condemned.
      const wasCollected = [...made.kept, ...made.dropped].some(({ hasNonce }) => hasNonce);
      if (!read && wasCollected) throw refused("its record of the collection is missing");
      return made;
    });
    if (!plan) return;
    graph.forgetDead();
    const manifests = plan.dropped.map(({ name }) => name);
    const packs = plan.packs.map(({ id }) => id);
    if (manifests.length === 0 && packs.length === 0) return;
    const cycle = read?.state.cycle ?? 0;
    const beforeIndex = async () => {
      const present = await repository.gc.read(signal);
      if ((present?.state.cycle ?? 0) !== cycle) throw refused("another machine tidies it at the moment");
    };
    const repacked = await this.#unlessOvertaken(read, async () => {
      const guard = { avoid: new Set(packs), beforeIndex };
      await refusing(() => repack(repository, this.#mark, plan.packs, { guard, signal, pace }));
      return true;
    });
    if (!repacked) return;
    crashPoint("gc:repacked");
    const next = { cycle: cycle + 1, condemnedAt: null, manifests, packs, retention: policy };
    const condemned = await repository.gc.replace(read, { ...next, phase: "condemned" }, signal);
    crashPoint("gc:condemned");
    if (condemned) await this.#date(condemned);
    crashPoint("gc:dated");
  }

  /** Writes down since when it is condemned, by the store's clock; never earlier than it was. */
  async #date(read: ReadGc): Promise<ReadGc | null> {
    const { repository, signal } = this.#parts;
    const condemnedAt = await repository.objects.now(signal);
    let current: ReadGc | null = read;
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (current?.state.phase !== "condemned" || current.state.condemnedAt !== null) return current;
      const dated = await repository.gc.replace(current, { ...current.state, condemnedAt }, signal);
      if (dated) return dated;
      current = await repository.gc.read(signal);
    }
    throw refused("other machines keep writing its record");
  }

  async #dueInMs({ condemnedAt }: GcState): Promise<number> {
    const { repository, graceMs, signal } = this.#parts;
    if (condemnedAt === null) return graceMs;
    return Math.max(0, condemnedAt + graceMs - (await repository.objects.now(signal)));
  }

  /** Once the grace period is over, looks at every snapshot again and settles for good what goes. */
  async #decideWhenDue(read: ReadGc): Promise<ReadGc | null> {
    const { repository, crashPoint, signal } = this.#parts;
    let current: ReadGc | null = await this.#date(read);
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (current?.state.phase !== "condemned" || (await this.#dueInMs(current.state)) > 0) return current;
      const { state } = current;
      const still = await this.#unlessOvertaken(current, () => this.#stillCondemned(state));
      if (!still) {
        current = await repository.gc.read(signal);
        continue;
      }
      const { manifests, packs } = still;
      const isEmpty = manifests.length === 0 && packs.length === 0;
      const next = isEmpty
        ? { ...current.state, manifests, packs, phase: "idle" as const, condemnedAt: null }
        : { ...current.state, manifests, packs, phase: "deleting" as const };
      // Refused when somebody wrote the record since it was read: then all is looked at anew.
      const decided = await repository.gc.replace(current, next, signal);
      crashPoint("gc:decided");
      if (decided) return decided;
      current = await repository.gc.read(signal);
    }
    throw refused("other machines keep writing its record");
  }

  /** null when the work failed and the record was written meanwhile: others may have deleted what it read. */
  async #unlessOvertaken<T>(read: ReadGc | null, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (thrown) {
      const { repository, signal } = this.#parts;
      if (signal.aborted || (await repository.gc.read(signal))?.etag === read?.etag) throw thrown;
      return null;
    }
  }

  async #stillCondemned(state: GcState): Promise<{ manifests: string[]; packs: Digest[] }> {
    const { repository, graceMs, signal } = this.#parts;
    return refusing(async () => {
      const now = await repository.objects.now(signal);
      const stored = await allSnapshots(repository, signal);
      const wanted = await wantedSnapshots(repository, signal);
      const condemned = new Set(state.manifests.filter((name) => !wanted.has(name)));
      const kept = stored
        .map(({ projectId, id }) => `${projectId}/${id}`)
        .filter((name) => !condemned.has(name));
      const marked = await this.#mark.mark(kept, new Set(state.packs));
      const claimed = await oldClaims(repository, now - graceMs, signal);
      assertDispensable(marked, wanted, claimed);
      const { packs } = marked;
      const needed = new Set(packs.filter(({ liveBytes }) => liveBytes > 0).map(({ id }) => id));
      return { manifests: [...condemned], packs: state.packs.filter((id) => !needed.has(id)) };
    });
  }

  /** Where conditions are not honoured, the machine that writes is the only one that may collect. */
  async #assertMayCollect(): Promise<void> {
    const { repository, machineId, signal } = this.#parts;
    if (repository.isShared) return;
    for await (const projectId of repository.listProjects(signal)) {
      const writer = (await repository.readRef(projectId, signal))?.ref.machineId;
      if (writer === undefined || writer === machineId) continue;
      throw refused(
        `it knows no conditional writes, and machine ${writer} writes to it, which alone may tidy it`,
      );
    }
  }
}
