import type { Catalog } from "../../catalog/catalog.ts";
import type { Entries } from "../../catalog/entries.ts";
import type { EntryRow } from "../../catalog/entryRow.ts";
import type { Projects } from "../../catalog/projects.ts";
import type { Announce } from "../../host/announce.ts";
import type { Clock } from "../../host/clock.ts";
import type { CrashPoint } from "../../host/crashPoints.ts";
import type { LongCall } from "../../host/longCall.ts";
import { orAborted } from "../../host/orAborted.ts";
import type { GcReport, RepairReport, RetentionSettings, VerifyReport } from "../../protocol/storeReports.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import { Collector } from "../../repository/garbage/collector.ts";
import { keepSnapshots } from "../../repository/garbage/keepSnapshots.ts";
import { defaultRetention } from "../../repository/garbage/retention.ts";
import { forgetBlobs } from "../../repository/graph/mending.ts";
import { SnapshotGraph } from "../../repository/graph/snapshotGraph.ts";
import type { Repository } from "../../repository/repository.ts";
import type { ConfigMending } from "../store/mendStoreConfig.ts";
import { TransferMeter } from "../transferMeter.ts";
import { CareEntries, nameOf } from "./careEntries.ts";
import { findDamage } from "./findDamage.ts";
import { repairStore } from "./storeRepair.ts";

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
  /** Mends what the repository cannot be opened without; tells what was wrong. @throws ForkpointError STORE_*, OBJECT_MISSING */
  readonly mendConfig: (how: ConfigMending, signal: AbortSignal) => Promise<string | null>;
  /** There may be something to push again. */
  readonly wake: (projectId: string) => void;
  /** A collection has ended well. */
  readonly collected: (report: GcReport) => void;
  /** Resolves when the uploads of a project have come to an end. @throws what ended them early */
  readonly pushed: (projectId: string, call: LongCall) => Promise<void>;
  /** Where the snapshot of an entry lies on this disk; null when it does not. */
  readonly onDisk: (entry: EntryRow) => Promise<string | null>;
}

/** How the store is to be mended. */
export interface RepairChoice extends ConfigMending {
  /** Whether records are made anew that only another machine could mend. */
  readonly giveUp?: boolean;
}

const hourMs = 3_600_000;

/** Looks after what is in the store: verifies it, mends it, and deletes what nobody needs. */
export class StoreCare {
  readonly #parts: StoreCareParts;
  readonly #own: CareEntries;
  #last: Promise<unknown> = Promise.resolve();
  #underWay = 0;

  constructor(parts: StoreCareParts) {
    this.#parts = parts;
    this.#own = new CareEntries(parts);
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
      const found = await findDamage(repository, graph, { projectId, slots: parts, meter, call });
      const { verified, damaged } = found;
      const { crashPoint } = this.#parts;
      crashPoint("verify:read");
      if (verified.badBlobs.length > 0) {
        const nodes = verified.badBlobs.map(({ node }) => node);
        await forgetBlobs(repository, nodes, { signal: call.signal, crashPoint });
      }
      crashPoint("verify:forgotten");
      const reports = damaged.map((verdict) => this.#own.describe(verdict));
      await this.#assertInUse(repository, call.signal);
      this.#own.note(found);
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

  /** See `repairStore`. @throws ForkpointError REPOSITORY_LOCKED, KEY_WRONG, STORE_*, GC_UNDER_WAY, CANCELLED */
  async repair({ dryRun, giveUp = false, secret }: RepairChoice, caller: LongCall): Promise<RepairReport> {
    // Before anything else can be opened.
    const problem = await this.#parts.mendConfig({ dryRun, secret }, caller.signal);
    const config = problem === null ? [] : [{ problem, isMended: true, loss: null }];
    if (dryRun && problem !== null) return onlyConfig(problem);
    const report = await this.#alone(caller, (repository, graph, call) => {
      const { signal } = call;
      const tools = {
        ...this.#parts,
        ...{ repository, graph, own: this.#own },
        keep: () => this.#keep(repository, signal),
        assertInUse: () => this.#assertInUse(repository, signal),
      };
      return repairStore(tools, { dryRun, giveUp }, call);
    });
    // Uploads that failed for it go on.
    if (problem !== null || secret)
      for (const { projectId } of this.#parts.projects.list()) this.#parts.wake(projectId);
    return { ...report, records: [...config, ...report.records] };
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
      const read = await repository.gc.read(signal);
      const before = read?.state ?? null;
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
        dueInMs: await collector.dueInMs(read),
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
    const stored = this.#own.stored();
    const names = [...new Set(stored.flatMap((entry) => nameOf(entry) ?? []))];
    const lost = new Set(await keepSnapshots(repository, this.#parts.machineId, names, signal));
    if (lost.size > 0) await this.#assertInUse(repository, signal);
    for (const entry of stored) {
      const name = nameOf(entry);
      if (name === null || !lost.has(name)) continue;
      this.#own.makeLocal(entry, null);
      this.#parts.wake(entry.projectId);
    }
  }

  /** What was found in one store says nothing about the copies in another that was set meanwhile. */
  async #assertInUse(repository: Repository, signal: AbortSignal): Promise<void> {
    if ((await this.#parts.repository(signal)) === repository) return;
    throw new ForkpointError("CANCELLED", "The store was set or opened anew meanwhile.");
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

/** What a dry run can tell of a store that cannot be opened. */
function onlyConfig(problem: string): RepairReport {
  const none = { damaged: [], indexProblems: [], pushedAgain: [], left: [] };
  const counts = { packsIndexed: 0, chunksRecovered: 0, badBlobs: 0 };
  return { dryRun: true, records: [{ problem, isMended: true, loss: null }], ...none, ...counts };
}
