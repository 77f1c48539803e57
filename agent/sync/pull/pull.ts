import { join } from "node:path";
import type { Clock } from "../../host/clock.ts";
import type { CrashPoint } from "../../host/crashPoints.ts";
import type { Log } from "../../host/log.ts";
import type { LongCall } from "../../host/longCall.ts";
import type { Processes } from "../../host/processes.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import { damaged, missing, type Digest } from "../../repository/digest.ts";
import type { Manifest } from "../../repository/manifest.ts";
import type { Repository } from "../../repository/repository.ts";
import type { Btrfs } from "../../volumes/btrfs.ts";
import type { Privileged } from "../../volumes/privileged/privileged.ts";
import type { StreamCommand } from "../../volumes/sendStream/commands.ts";
import { receiveOnto } from "../../volumes/walking/receiveOnto.ts";
import { fetchChunks } from "./chunkFetcher.ts";
import type { PullRelatives } from "./pullRelatives.ts";
import { RelativePlan } from "./relative/relativePlan.ts";
import { remakingSteps } from "./relative/remaking.ts";
import { SnapshotPlan } from "./snapshotPlan.ts";
import { TransferMeter } from "../transferMeter.ts";

export interface PullRequest {
  readonly projectId: string;
  readonly manifestDigest: Digest;
  /** An empty folder on the pool for what is half made. */
  readonly staging: string;
  /** Where the read-only snapshot is to lie, on the same pool. Nothing may be there. */
  readonly destination: string;
}

export interface PullTools {
  readonly repository: Repository;
  readonly privileged: Privileged;
  readonly btrfs: Btrfs;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly log: Log;
  readonly crashPoint: CrashPoint;
  readonly relatives: PullRelatives;
}

export interface Pulled {
  readonly manifest: Manifest;
  /** Whether the snapshot is all that the manifest says: without root's rights some of it may have been left out. */
  readonly whole: boolean;
}

const stagedName = "received";

/**
 * Rebuilds a snapshot: onto a relative of it that is on the same pool, where there is one, so that only what that
 * lacks is fetched; else from the repository alone. Nothing is made before the trees were checked, and what is
 * fetched is checked before it is written. The destination appears in one step, complete.
 * @throws ForkpointError OBJECT_MISSING, OBJECT_DAMAGED, PATH_OUTSIDE_VOLUME, STORE_*, POOL_FULL,
 *   NEEDS_ROOT, CANCELLED
 */
export async function pullSnapshot(request: PullRequest, tools: PullTools, call: LongCall): Promise<Pulled> {
  const { repository, btrfs, crashPoint } = tools;
  const { signal } = call;
  const manifest = await repository.readManifest(request.projectId, request.manifestDigest, signal);
  await repository.index.refresh(signal);
  const staged = join(request.staging, stagedName);
  try {
    const isOnto = await pullOnto(request, manifest, tools, call);
    const whole = isOnto || (await pullWhole(request.staging, manifest, tools, call));
    crashPoint("pull:received");
    await btrfs.snapshot(staged, request.destination, { readOnly: true });
    crashPoint("pull:snapshot-made");
    return { manifest, whole };
  } finally {
    if (await btrfs.isSubvolume(staged)) await btrfs.deleteSubvolume(staged);
  }
}

/**
 * Makes the snapshot out of a relative; false when there is none, or when it did not work. What is made is exactly
 * what is wanted: where this user's rights do not suffice for that, it is no relative.
 */
async function pullOnto(
  { manifestDigest, staging }: PullRequest,
  manifest: Manifest,
  { repository, processes, clock, log, crashPoint, relatives }: PullTools,
  call: LongCall,
): Promise<boolean> {
  const relative = await relatives.choose(manifest, manifestDigest, staging);
  if (!relative) return false;
  const { projectId, snapshotId, path } = relative;
  try {
    await relatives.use(relative, call.signal, async (signal) => {
      const here = { ...call, signal };
      here.report({ message: "Comparing with a snapshot on this disk", ...unknownProgress });
      const older = await repository.readManifest(projectId, relative.manifestDigest, signal);
      const plan = await RelativePlan.make(repository, older, manifest, signal);
      const meter = new TransferMeter(clock, here, "Fetching what is missing");
      meter.expect(plan.fetchedBytes);
      const commands = fetchChunks(repository, remakingSteps(plan, stagedName), meter, signal);
      await receiveOnto(processes, staging, path, withCrashPoints(commands, crashPoint), signal);
      meter.report();
      log.info("a snapshot was made out of one that is here", {
        ...{ projectId, snapshotId, fetchedBytes: plan.fetchedBytes },
      });
    });
    return true;
  } catch (thrown) {
    if (call.signal.aborted || concernsAnyPull(thrown)) throw thrown;
    log.warn("a snapshot is pulled whole, as it could not be made from its relative", {
      ...{ projectId, snapshotId, reason: thrown instanceof Error ? thrown.message : String(thrown) },
    });
    return false;
  }
}

const unknownProgress = { done: 0, total: null, unit: "steps", rate: null } as const;

async function* withCrashPoints(
  commands: AsyncIterable<StreamCommand>,
  crashPoint: CrashPoint,
): AsyncGenerator<StreamCommand> {
  for await (const command of commands) {
    yield command;
    if (command.kind === "snapshot") crashPoint("pull:relative-copied");
    if (command.kind === "end") crashPoint("pull:relative-edited");
  }
}

/** Whether a pull from nothing would fail in the same way. */
function concernsAnyPull(thrown: unknown): boolean {
  return thrown instanceof ForkpointError && /^(STORE|POOL|REPOSITORY)_/.test(thrown.code);
}

/** Makes the snapshot from the repository alone; gives whether nothing was left out. */
async function pullWhole(
  staging: string,
  manifest: Manifest,
  { repository, privileged, clock }: PullTools,
  call: LongCall,
): Promise<boolean> {
  const { signal } = call;
  const checking = new TransferMeter(clock, call, "Checking the snapshot");
  await checkPlan(repository, manifest, checking, signal);
  const meter = new TransferMeter(clock, call, "Fetching the snapshot");
  meter.expect(manifest.counts.bytes);
  const plan = new SnapshotPlan(repository, manifest, signal).steps(stagedName);
  const commands = fetchChunks(repository, plan, meter, signal);
  const unwatch = meter.watch();
  try {
    const whole = await privileged.receive(staging, commands, signal);
    meter.report();
    return whole;
  } finally {
    unwatch();
  }
}

/** Walks the whole plan: sound trees, no path that leaves the volume, and every chunk known. */
async function checkPlan(
  repository: Repository,
  manifest: Manifest,
  meter: TransferMeter,
  signal: AbortSignal,
): Promise<void> {
  for await (const step of new SnapshotPlan(repository, manifest, signal).steps(stagedName)) {
    await meter.pace();
    if (step.kind !== "chunk") continue;
    const location = repository.index.find({ kind: "chunk", id: step.chunk });
    if (!location) throw missing(`chunk ${step.chunk}`);
    if (location.plainLength < step.from + step.length) {
      throw damaged(`chunk ${step.chunk}`, "it is too short");
    }
  }
}
