import type { Catalog } from "../catalog/catalog.ts";
import { isStored, type Entries, type EntryRow } from "../catalog/entries.ts";
import type { Projects } from "../catalog/projects.ts";
import type { Announce } from "../host/announce.ts";
import type { Clock } from "../host/clock.ts";
import type { CrashPoint } from "../host/crashPoints.ts";
import type { LongCall } from "../host/longCall.ts";
import { orAborted } from "../host/orAborted.ts";
import type {
  DamagedSnapshot,
  GcReport,
  RepairReport,
  RetentionSettings,
  VerifyReport,
} from "../protocol/storeReports.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { Collector } from "../repository/garbage/collector.ts";
import { keepSnapshots } from "../repository/garbage/keepSnapshots.ts";
import { PushFence } from "../repository/garbage/pushFence.ts";
import { defaultRetention } from "../repository/garbage/retention.ts";
import { findUnindexed, forgetBlobs, indexAgain } from "../repository/graph/mending.ts";
import { SnapshotGraph } from "../repository/graph/snapshotGraph.ts";
import { Verifier, type Verdict, type Verified } from "../repository/graph/verifier.ts";
import type { Repository } from "../repository/repository.ts";
import { recoverChunks } from "./chunkRecovery.ts";
import { mendRecords } from "./recordMending.ts";
import { TransferMeter } from "./transferMeter.ts";

export interface StoreCareParts {
  readonly catalog: Catalog;
  readonly projects: Projects;
  readonly entries: Entries;
  readonly machineId: string;
  readonly clock: Clock;
  readonly announce: Announce;
  readonly crashPoint: CrashPoint;
  /** The repository in the store. @throws ForkpointError STORE_NOT_SET, STORE_* */
  readonly repository: (signal: AbortSignal) => Promise<Repository>;
  /** There may be something to push again. */
  readonly wake: (projectId: string) => void;
  /** A collection has ended well. */
  readonly collected: (report: GcReport) => void;
  /** Resolves when the uploads of a project have come to an end. @throws what ended them early */
  readonly pushed: (projectId: string, call: LongCall) => Promise<void>;
  /** Where the snapshot of an entry lies on this disk; null when it does not. */
  readonly onDisk: (entry: EntryRow) => Promise<string | null>;
}

/** So many parts that hardly any chunk is read: repair reads the structure and what is known to be bad. */
const structureOnly = 2 ** 31;
const hourMs = 3_600_000;

interface Found {
  readonly verified: Verified;
  readonly damaged: readonly Verdict[];
}

/** Looks after what is in the store: verifies it, mends it, and deletes what nobody needs. */
export class StoreCare {
  readonly #parts: StoreCareParts;
  #last: Promise<unknown> = Promise.resolve();
  #underWay = 0;

  constructor(parts: StoreCareParts) {
    this.#parts = parts;
  }

  /**
   * Reads snapshots from the store. Those that are right become `verified`; those that are not become `local`
   * and are pushed again.
   * @param parts 1 reads everything, N the next Nth of the files' bytes
   * @throws ForkpointError STORE_*, GC_UNDER_WAY, CANCELLED
   */
  verify(projectId: string | null, parts: number, caller: LongCall): Promise<VerifyReport> {
    return this.#alone(caller, async (repository, graph, call) => {
      const meter = new TransferMeter(this.#parts.clock, call, "Reading the copy");
      const found = await verifyNow(repository, graph, { projectId, slots: parts, meter, call });
      const { verified, damaged } = found;
      const { crashPoint } = this.#parts;
      crashPoint("verify:read");
      if (verified.badBlobs.length > 0) {
        const nodes = verified.badBlobs.map(({ node }) => node);
        await forgetBlobs(repository, nodes, { signal: call.signal, crashPoint });
      }
      crashPoint("verify:forgotten");
      const reports = damaged.map((verdict) => this.#describe(verdict));
      await this.#assertInUse(repository, call.signal);
      this.#note(found);
      crashPoint("verify:noted");
      return {
        snapshots: verified.verdicts.length,
        whole: verified.verdicts.filter(({ state }) => state === "whole").length,
        blobs: verified.blobs,
        bytes: verified.bytes,
        part: verified.slot + 1,
        parts: verified.slots,
        damaged: reports,
        indexProblems: [...verified.indexProblems],
      };
    });
  }

  /**
   * Mends what can be mended: indexes from the packs, refs and other records from what this machine knows, and
   * everything else from the snapshots on this disk.
   * Deletes nothing. What is wrong is what the last verification found, and what can be told without
   * reading every file.
   * @throws ForkpointError STORE_*, GC_UNDER_WAY, CANCELLED
   */
  repair({ dryRun }: { readonly dryRun: boolean }, caller: LongCall): Promise<RepairReport> {
    const { crashPoint } = this.#parts;
    return this.#alone(caller, async (repository, graph, call) => {
      const { signal } = call;
      const meter = new TransferMeter(this.#parts.clock, call, "Looking for damage");
      const look = () => verifyNow(repository, graph, { projectId: null, slots: structureOnly, meter, call });
      const { projects, entries: known, machineId, clock } = this.#parts;
      const { records, collectionWasUnknown } = await mendRecords({
        ...{ repository, projects, entries: known, machineId, clock, dryRun, signal },
        retention: defaultRetention,
      });
      crashPoint("repair:records");
      // Somebody may still be deleting by the record that is lost: another run names what is left then.
      const unindexed = collectionWasUnknown
        ? { packs: [], doubtful: [], damagedIndexes: [] }
        : await findUnindexed(repository, { signal, pace: () => meter.pace() });
      const before = await look();
      const lost = await this.#lostManifests(repository, signal);
      const again = [...before.damaged.flatMap((verdict) => this.#entriesOf(verdict)), ...lost];
      const report = {
        dryRun,
        damaged: before.damaged.map((verdict) => this.#describe(verdict)),
        indexProblems: [...before.verified.indexProblems],
        records,
        packsIndexed: unindexed.packs.length,
        badBlobs: before.verified.badBlobs.length,
        chunksRecovered: 0,
      };
      if (dryRun) {
        const left = report.damaged.filter(({ isHere }) => !isHere);
        return { ...report, pushedAgain: again.map((entry) => shown(before, entry)), left };
      }
      if (unindexed.packs.length > 0 || unindexed.damagedIndexes.length > 0) {
        await indexAgain(repository, unindexed, { signal, crashPoint });
      }
      crashPoint("repair:indexed");
      if (records.length > 0) {
        await this.#keep(repository, signal);
        // Uploads that failed for it go on.
        for (const { projectId } of projects.list()) this.#parts.wake(projectId);
      }
      const between = report.packsIndexed > 0 ? await look() : before;
      const bad = between.verified.badBlobs.map(({ node }) => node);
      if (bad.length > 0) await forgetBlobs(repository, bad, { signal, crashPoint });
      crashPoint("repair:forgotten");
      const chunksRecovered = await this.#recover(repository, between, { signal, pace: () => meter.pace() });
      crashPoint("repair:recovered");
      const mended = chunksRecovered > 0 ? await look() : between;
      const entries = [...mended.damaged.flatMap((verdict) => this.#entriesOf(verdict)), ...lost];
      await this.#assertInUse(repository, signal);
      for (const entry of entries) this.#makeLocal(entry, "Its copy in the store was damaged.");
      crashPoint("repair:local");
      for (const projectId of new Set(entries.map((entry) => entry.projectId))) {
        this.#parts.wake(projectId);
        await this.#parts.pushed(projectId, call);
      }
      const after = entries.length > 0 ? await look() : mended;
      const left = after.damaged.map((verdict) => this.#describe(verdict));
      const pushedAgain = entries.map((entry) => shown(mended, entry));
      return { ...report, chunksRecovered, pushedAgain, left };
    });
  }

  /** Puts lost chunks together from snapshots on this disk, those of entries elsewhere included. */
  async #recover(
    repository: Repository,
    { verified, damaged }: Found,
    tools: { readonly signal: AbortSignal; readonly pace: () => Promise<void> | undefined },
  ): Promise<number> {
    const lost = new Set(verified.badBlobs.flatMap(({ node }) => (node.kind === "chunk" ? [node.id] : [])));
    const before = lost.size;
    if (before === 0) return 0;
    const packs = repository.packWriter(tools.signal, await PushFence.open(repository, tools.signal));
    for (const verdict of damaged) {
      for (const entry of this.#entriesOf(verdict)) {
        const path = lost.size > 0 && verdict.manifest ? await this.#parts.onDisk(entry) : null;
        if (path === null || !verdict.manifest) continue;
        await recoverChunks(path, verdict.manifest, lost, { ...tools, repository, packs });
      }
    }
    await packs.finishPacks();
    await packs.finishIndex();
    return before - lost.size;
  }

  /**
   * Deletes what no snapshot needs that is to be kept, in two runs; see `Collector`.
   * @param options.retention what is to be kept; as last time when absent
   * @throws ForkpointError GC_REFUSED, STORE_*, CANCELLED
   */
  gc(
    options: {
      readonly dryRun: boolean;
      readonly retention: Partial<RetentionSettings>;
      readonly graceHours: number;
    },
    caller: LongCall,
  ): Promise<GcReport> {
    return this.#alone(caller, async (repository, graph, call) => {
      const { signal } = call;
      const meter = new TransferMeter(this.#parts.clock, call, "Looking for what is needed");
      const before = (await repository.gc.read(signal))?.state ?? null;
      const retention = { ...defaultRetention, ...before?.retention, ...options.retention };
      await this.#keep(repository, signal);
      const { machineId, crashPoint } = this.#parts;
      const collector = new Collector({
        ...{ repository, graph, machineId, crashPoint, signal },
        graceMs: options.graceHours * hourMs,
        pace: () => meter.pace(),
      });
      const none = { snapshots: [], packs: [], kept: null };
      if (!options.dryRun) {
        const report = { dryRun: false, retention, ...none, ...(await collector.run(retention)) };
        this.#parts.collected(report);
        return report;
      }
      const plan = await collector.plan(retention);
      return {
        dryRun: true,
        retention,
        kept: plan.kept.length,
        snapshots: plan.dropped.map(({ slug, snapshotId, createdAt }) => ({ slug, snapshotId, createdAt })),
        packs: plan.packs.map(({ id, size, liveBytes }) => ({ id, bytes: size, liveBytes })),
        deleted: { manifests: 0, packs: 0, bytes: 0 },
        condemned: { manifests: before?.manifests.length ?? 0, packs: before?.packs.length ?? 0 },
        dueInMs: null,
      };
    });
  }

  /** Whether it does something, or is about to. */
  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  /** Tells the other machines which snapshots the timelines here show. @throws ForkpointError STORE_* */
  async keep(signal: AbortSignal): Promise<void> {
    await this.#keep(await this.#parts.repository(signal), signal);
  }

  async #keep(repository: Repository, signal: AbortSignal): Promise<void> {
    const stored = this.#parts.entries.stored();
    const names = [...new Set(stored.flatMap((entry) => nameOf(entry) ?? []))];
    const lost = new Set(await keepSnapshots(repository, this.#parts.machineId, names, signal));
    if (lost.size > 0) await this.#assertInUse(repository, signal);
    for (const entry of stored) {
      const name = nameOf(entry);
      if (name === null || !lost.has(name)) continue;
      this.#makeLocal(entry, null);
      this.#parts.wake(entry.projectId);
    }
  }

  /** What was found in one store says nothing about the copies in another that was set meanwhile. */
  async #assertInUse(repository: Repository, signal: AbortSignal): Promise<void> {
    if ((await this.#parts.repository(signal)) === repository) return;
    throw new ForkpointError("CANCELLED", "The store was set or opened anew meanwhile.");
  }

  /** Entries that are said to be stored and whose manifest is not there. */
  async #lostManifests(repository: Repository, signal: AbortSignal): Promise<EntryRow[]> {
    const present = new Set<string>();
    for await (const { projectId, id } of repository.objects.manifests(signal))
      present.add(`${projectId}/${id}`);
    return this.#parts.entries.stored().filter((entry) => {
      const name = nameOf(entry);
      return name !== null && !present.has(name);
    });
  }

  /** Writes down what was found of the entries of this machine. */
  #note({ verified, damaged }: Found): void {
    const { catalog, entries, clock, announce, wake } = this.#parts;
    const touched = new Set<string>();
    catalog.transaction(() => {
      for (const verdict of verified.verdicts.filter(({ state }) => state === "whole")) {
        for (const { projectId, snapshotId } of this.#entriesOf(verdict)) {
          const change = { durability: "verified", verifiedAt: clock.now(), problem: null } as const;
          entries.change(projectId, snapshotId, change);
          touched.add(projectId);
        }
      }
      for (const verdict of damaged) {
        for (const entry of this.#entriesOf(verdict)) this.#makeLocal(entry, verdict.problems[0] ?? null);
      }
    });
    for (const projectId of touched) announce("changed/timeline", { projectId });
    for (const verdict of damaged)
      for (const { projectId } of this.#parts.entries.byManifest(verdict.manifestDigest)) wake(projectId);
  }

  #makeLocal({ projectId, snapshotId }: EntryRow, problem: string | null): void {
    const change = { durability: "local", verifiedAt: null, problem } as const;
    this.#parts.entries.change(projectId, snapshotId, change);
    this.#parts.announce("changed/timeline", { projectId });
  }

  /** Entries of this machine whose copy it is. */
  #entriesOf({ manifestDigest }: Verdict): EntryRow[] {
    return this.#parts.entries
      .byManifest(manifestDigest)
      .filter((entry) => isStored(entry) || entry.problem !== null);
  }

  #describe(verdict: Verdict): DamagedSnapshot {
    const { projectId, manifestDigest, manifest, problems } = verdict;
    return {
      ...{ projectId, manifestDigest, problems: [...problems] },
      slug: manifest?.slug ?? null,
      snapshotId: manifest?.snapshotId ?? null,
      isHere: this.#entriesOf(verdict).length > 0,
    };
  }

  /** One after the other: all of them work on the same graph. */
  async #alone<T>(
    call: LongCall,
    work: (repository: Repository, graph: SnapshotGraph, call: LongCall) => Promise<T>,
  ): Promise<T> {
    const begun = Promise.withResolvers<undefined>();
    this.#underWay++;
    const turn = this.#last.then(async () => {
      begun.resolve(undefined);
      const repository = await this.#parts.repository(call.signal);
      const graph = SnapshotGraph.open(repository.cacheFile("graph"));
      try {
        return await repository.during(call.signal, (signal) => work(repository, graph, { ...call, signal }));
      } finally {
        graph.close();
      }
    });
    this.#last = turn.catch(() => undefined).finally(() => this.#underWay--);
    // Once it has begun, it is over only when it has put everything in order.
    await orAborted(begun.promise, call.signal);
    return turn;
  }
}

async function verifyNow(
  repository: Repository,
  graph: SnapshotGraph,
  how: { projectId: string | null; slots: number; meter: TransferMeter; call: LongCall },
): Promise<Found> {
  const { projectId, slots, meter, call } = how;
  const verifier = new Verifier(repository, graph, {
    projectId,
    slots,
    signal: call.signal,
    pace: () => meter.pace(),
    expect: (bytes) => meter.expect(bytes),
    addBytes: (bytes) => meter.addBytes(bytes),
  });
  const verified = await verifier.verify();
  return { verified, damaged: verified.verdicts.filter(({ state }) => state === "damaged") };
}

/** The entry's manifest as a name in the store; null when it has none. */
function nameOf({ projectId, manifestDigest }: EntryRow): string | null {
  return manifestDigest === null ? null : `${projectId}/${manifestDigest}`;
}

function shown(
  { verified }: Found,
  { snapshotId, projectId }: EntryRow,
): { slug: string; snapshotId: string } {
  const verdict = verified.verdicts.find((each) => each.manifest?.projectId === projectId);
  return { slug: verdict?.manifest?.slug ?? projectId, snapshotId };
}
