import type { Entries } from "../../catalog/entries.ts";
import type { EntryRow } from "../../catalog/entryRow.ts";
import type { Projects } from "../../catalog/projects.ts";
import type { Clock } from "../../host/clock.ts";
import type { CrashPoint } from "../../host/crashPoints.ts";
import type { LongCall } from "../../host/longCall.ts";
import type { RepairReport } from "../../protocol/storeReports.ts";
import { PushFence } from "../../repository/garbage/pushFence.ts";
import { defaultRetention } from "../../repository/garbage/retention.ts";
import { findUnindexed, forgetBlobs, indexAgain } from "../../repository/graph/mending.ts";
import type { SnapshotGraph } from "../../repository/graph/snapshotGraph.ts";
import type { Repository } from "../../repository/repository.ts";
import { TransferMeter } from "../transferMeter.ts";
import type { CareEntries } from "./careEntries.ts";
import { recoverChunks } from "./chunkRecovery.ts";
import { findDamage, type Found } from "./findDamage.ts";
import { mendRecords } from "./recordMending.ts";

export interface RepairTools {
  readonly repository: Repository;
  readonly graph: SnapshotGraph;
  readonly projects: Projects;
  readonly entries: Entries;
  readonly own: CareEntries;
  readonly machineId: string;
  readonly clock: Clock;
  readonly crashPoint: CrashPoint;
  /** Tells the other machines which snapshots the timelines here show. */
  readonly keep: () => Promise<void>;
  /** @throws ForkpointError CANCELLED when another store is in use by now */
  readonly assertInUse: () => Promise<void>;
  /** There may be something to push again. */
  readonly wake: (projectId: string) => void;
  /** Resolves when the uploads of a project have come to an end. @throws what ended them early */
  readonly pushed: (projectId: string, call: LongCall) => Promise<void>;
  /** Where the snapshot of an entry lies on this disk; null when it does not. */
  readonly onDisk: (entry: EntryRow) => Promise<string | null>;
}

/** So many parts that hardly any chunk is read: repair reads the structure and what is known to be bad. */
const structureOnly = 2 ** 31;

/**
 * Mends what can be mended: indexes from the packs, refs and other records from what this machine knows, and
 * everything else from the snapshots on this disk.
 * Deletes nothing, but for a record that is given up and of which nothing can be made. What is wrong is what the last verification found, and what can be told without
 * reading every file.
 * @throws ForkpointError STORE_*, GC_UNDER_WAY, CANCELLED
 */
export async function repairStore(
  tools: RepairTools,
  { dryRun, giveUp }: { readonly dryRun: boolean; readonly giveUp: boolean },
  call: LongCall,
): Promise<RepairReport> {
  const { repository, graph, projects, entries: known, own, machineId, clock } = tools;
  const { crashPoint, keep, assertInUse, wake, pushed } = tools;
  const { signal } = call;
  const meter = new TransferMeter(clock, call, "Looking for damage");
  const look = () => findDamage(repository, graph, { projectId: null, slots: structureOnly, meter, call });
  const { records, collectionWasUnknown } = await mendRecords({
    ...{ repository, projects, entries: known, machineId, clock, dryRun, giveUp, signal },
    retention: defaultRetention,
  });
  crashPoint("repair:records");
  // Somebody may still be deleting by the record that is lost: another run names what is left then.
  const unindexed = collectionWasUnknown
    ? { packs: [], doubtful: [], damagedIndexes: [] }
    : await findUnindexed(repository, { signal, pace: () => meter.pace() });
  const before = await look();
  const lost = await own.withoutManifest(repository, signal);
  const again = [...before.damaged.flatMap((verdict) => own.of(verdict)), ...lost];
  const report = {
    dryRun,
    damaged: before.damaged.map((verdict) => own.describe(verdict)),
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
    await keep();
    // Uploads that failed for it go on.
    for (const { projectId } of projects.list()) wake(projectId);
  }
  const between = report.packsIndexed > 0 ? await look() : before;
  const bad = between.verified.badBlobs.map(({ node }) => node);
  if (bad.length > 0) await forgetBlobs(repository, bad, { signal, crashPoint });
  crashPoint("repair:forgotten");
  const chunksRecovered = await recover(tools, between, { signal, pace: () => meter.pace() });
  crashPoint("repair:recovered");
  const mended = chunksRecovered > 0 ? await look() : between;
  const entries = [...mended.damaged.flatMap((verdict) => own.of(verdict)), ...lost];
  await assertInUse();
  for (const entry of entries) own.makeLocal(entry, "Its copy in the store was damaged.");
  crashPoint("repair:local");
  for (const projectId of new Set(entries.map((entry) => entry.projectId))) {
    wake(projectId);
    await pushed(projectId, call);
  }
  const after = entries.length > 0 ? await look() : mended;
  const left = after.damaged.map((verdict) => own.describe(verdict));
  const pushedAgain = entries.map((entry) => shown(mended, entry));
  return { ...report, chunksRecovered, pushedAgain, left };
}

/** Puts lost chunks together from snapshots on this disk, those of entries elsewhere included. */
async function recover(
  { repository, own, onDisk }: RepairTools,
  { verified, damaged }: Found,
  how: { readonly signal: AbortSignal; readonly pace: () => Promise<void> | undefined },
): Promise<number> {
  const lost = new Set(verified.badBlobs.flatMap(({ node }) => (node.kind === "chunk" ? [node.id] : [])));
  const before = lost.size;
  if (before === 0) return 0;
  const packs = repository.packWriter(how.signal, await PushFence.open(repository, how.signal));
  for (const verdict of damaged) {
    for (const entry of own.of(verdict)) {
      const path = lost.size > 0 && verdict.manifest ? await onDisk(entry) : null;
      if (path === null || !verdict.manifest) continue;
      await recoverChunks(path, verdict.manifest, lost, { ...how, repository, packs });
    }
  }
  await packs.finishPacks();
  await packs.finishIndex();
  return before - lost.size;
}

function shown(
  { verified }: Found,
  { snapshotId, projectId }: EntryRow,
): { slug: string; snapshotId: string } {
  const verdict = verified.verdicts.find((each) => each.manifest?.projectId === projectId);
  return { slug: verdict?.manifest?.slug ?? projectId, snapshotId };
}
