import { join } from "node:path";
import type { Clock } from "../host/clock.ts";
import type { CrashPoint } from "../host/crashPoints.ts";
import type { LongCall } from "../host/longCall.ts";
import { damaged, missing, type Digest } from "../repository/digest.ts";
import type { Manifest } from "../repository/manifest.ts";
import type { Repository } from "../repository/repository.ts";
import type { Btrfs } from "../volumes/btrfs.ts";
import type { Privileged } from "../volumes/privileged/privileged.ts";
import { encodeSendStream } from "../volumes/sendStream/writer.ts";
import { fetchChunks } from "./chunkFetcher.ts";
import { SnapshotPlan } from "./snapshotPlan.ts";
import { TransferMeter } from "./transferMeter.ts";

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
  readonly clock: Clock;
  readonly crashPoint: CrashPoint;
}

const stagedName = "received";

/**
 * Rebuilds a snapshot from the repository alone. The trees are checked in full before anything is made;
 * every byte is checked before it is written. The destination appears in one step, complete.
 * @throws ForkpointError OBJECT_MISSING, OBJECT_DAMAGED, PATH_OUTSIDE_VOLUME, STORE_*, POOL_FULL,
 *   NEEDS_ROOT, CANCELLED
 */
export async function pullSnapshot(
  request: PullRequest,
  tools: PullTools,
  call: LongCall,
): Promise<Manifest> {
  const { repository, btrfs, crashPoint } = tools;
  const { signal } = call;
  const manifest = await repository.readManifest(request.projectId, request.manifestDigest, signal);
  await repository.index.refresh(signal);
  await checkPlan(
    repository,
    manifest,
    new TransferMeter(tools.clock, call, "Checking the snapshot"),
    signal,
  );

  const staged = join(request.staging, stagedName);
  try {
    const meter = new TransferMeter(tools.clock, call, "Fetching the snapshot");
    meter.expect(manifest.counts.bytes);
    const plan = new SnapshotPlan(repository, manifest, signal).steps(stagedName);
    const stream = encodeSendStream(fetchChunks(repository, plan, meter, signal));
    await tools.privileged.receive(request.staging, stream, signal);
    meter.report();
    crashPoint("pull:received");
    await btrfs.snapshot(staged, request.destination, { readOnly: true });
    crashPoint("pull:snapshot-made");
  } finally {
    if (await btrfs.isSubvolume(staged)) await btrfs.deleteSubvolume(staged);
  }
  return manifest;
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
