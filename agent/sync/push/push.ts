import { randomBytes } from "node:crypto";
import type { Clock } from "../../host/clock.ts";
import type { CrashPoint } from "../../host/crashPoints.ts";
import type { LongCall } from "../../host/longCall.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { Digest } from "../../repository/digest.ts";
import type { PushFence } from "../../repository/garbage/pushFence.ts";
import { attributesOfRoot, rootAttributes, type Manifest } from "../../repository/manifest.ts";
import type { PackWriter } from "../../repository/packWriter.ts";
import type { Repository } from "../../repository/repository.ts";
import type { TreeRef } from "../../repository/structureReader.ts";
import type { Privileged } from "../../volumes/privileged/privileged.ts";
import { readSendStream } from "../../volumes/sendStream/reader.ts";
import { bytesToRead } from "./bytesToRead.ts";
import { SnapshotFiles } from "./snapshotFiles.ts";
import { storeSnapshot, type Stored } from "./storeSnapshot.ts";
import { applyStream } from "./streamApplier.ts";
import { TransferMeter } from "../transferMeter.ts";
import { TreeEditor, type EditBase } from "./treeEditor.ts";
import { TreeWriter } from "./treeWriter.ts";

/** What a manifest records about a snapshot beyond its tree. */
export type SnapshotRecord = Omit<
  Manifest,
  "format" | "parentManifest" | "root" | "links" | "counts" | "nonce"
>;

/** A snapshot that is on this disk and whose manifest is in the repository. */
export interface PushBase {
  /** Where it lies. It must be the very snapshot its manifest was made from. */
  readonly path: string;
  readonly projectId: string;
  readonly manifestDigest: Digest;
}

export interface PushRequest {
  /** The read-only snapshot, which nobody deletes meanwhile. */
  readonly path: string;
  readonly record: SnapshotRecord;
  /** The manifest of the parent entry, where that is known. */
  readonly parentManifest: Digest | null;
  /** The relative that only differences are sent against; null sends everything. */
  readonly base: PushBase | null;
  readonly machineId: string;
  /** The head of the project's ref as this machine last wrote or read it. */
  readonly knownHead: Digest | null;
  /** Whether the snapshot becomes the head: not one that is older than what is stored already. */
  readonly becomesHead: boolean;
}

export interface PushTools {
  readonly repository: Repository;
  readonly privileged: Privileged;
  readonly clock: Clock;
  readonly crashPoint: CrashPoint;
}

/**
 * Puts a snapshot into the repository and, where asked, makes it the head of its project. What is written becomes
 * lasting in the order packs, index, manifest, ref; ended between any two, what was stored is used by
 * the next push. Pushing the same snapshot again stores nothing.
 * @throws ForkpointError REF_CONFLICT, OBJECT_*, STORE_*, STREAM_INVALID, NEEDS_ROOT, CANCELLED
 */
export async function pushSnapshot(request: PushRequest, tools: PushTools, call: LongCall): Promise<Stored> {
  const { record, machineId, knownHead, becomesHead } = request;
  const { projectId, slug, forkedFrom } = record;
  const { clock } = tools;
  const meter = new TransferMeter(clock, call, "Storing the snapshot");
  const build = (packs: PackWriter, fence: PushFence) =>
    buildSnapshot(request, tools, { packs, fence, meter }, call.signal);
  const toStore = { projectId, slug, forkedFrom, machineId, knownHead, becomesHead, build };
  const unwatch = meter.watch();
  try {
    return await storeSnapshot(toStore, { ...tools, now: () => clock.now() }, call.signal);
  } finally {
    unwatch();
  }
}

async function buildSnapshot(
  { path, record, base: wanted, parentManifest }: PushRequest,
  { repository, privileged }: PushTools,
  {
    packs,
    fence,
    meter,
  }: { readonly packs: PackWriter; readonly fence: PushFence; readonly meter: TransferMeter },
  signal: AbortSignal,
): Promise<Manifest> {
  const from = wanted ? await readBase(repository, wanted, fence, signal) : null;
  const base = from && wanted;
  const editor = new TreeEditor(repository.blobs, from, signal);
  const files = new SnapshotFiles(path, meter);
  const { blobs, sealing } = repository;
  const writer = new TreeWriter({ editor, blobs, packs, gear: sealing.gear, files, meter, signal });
  let root: TreeRef;
  let links: Awaited<ReturnType<typeof editor.links.write>>;
  try {
    // A snapshot that was pulled and is pushed under another project differs from itself in nothing.
    if (base?.path !== path) {
      const sent = privileged.send(path, { noData: true, ...(base ? { parent: base.path } : {}) }, signal);
      const options = { incremental: base !== null, pace: () => meter.pace() };
      await applyStream(editor, readSendStream(sent), options);
    }
    await editor.settleLinks((name) => files.inodeNumber(name));
    meter.expect(bytesToRead(editor));
    root = await writer.write();
    links = await editor.links.write(packs, (node) => writer.inode(node));
  } finally {
    editor.close();
    await files.close();
  }
  meter.report();
  return {
    format: 1,
    ...record,
    parentManifest,
    root: { tree: root.tree, attributes: rootAttributes(editor.root.attributes) },
    links: links.table,
    counts: { entries: root.entries, bytes: root.bytes + links.bytes, linkedBytes: links.bytes },
    ...(fence.needsNonce ? { nonce: randomBytes(8).toString("hex") } : {}),
  };
}

/** null when the base was collected, or is about to be. */
async function readBase(
  repository: Repository,
  { projectId, manifestDigest }: PushBase,
  fence: PushFence,
  signal: AbortSignal,
): Promise<EditBase | null> {
  if (fence.isCondemned(projectId, manifestDigest)) return null;
  const reading = repository.readManifest(projectId, manifestDigest, signal);
  const manifest = await reading.catch((thrown: unknown) => {
    const isGone = thrown instanceof ForkpointError && thrown.code === "OBJECT_MISSING";
    if (isGone && fence.needsNonce) return null;
    throw thrown;
  });
  if (!manifest) return null;
  const { entries, bytes, linkedBytes } = manifest.counts;
  return {
    root: { tree: manifest.root.tree, entries, bytes: bytes - linkedBytes },
    attributes: attributesOfRoot(manifest),
    links: manifest.links,
  };
}
