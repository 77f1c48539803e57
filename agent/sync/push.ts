import type { Clock } from "../host/clock.ts";
import type { CrashPoint } from "../host/crashPoints.ts";
import type { LongCall } from "../host/longCall.ts";
import type { Digest } from "../repository/digest.ts";
import { attributesOfRoot, rootAttributes, type Manifest } from "../repository/manifest.ts";
import type { PackWriter } from "../repository/packWriter.ts";
import { epochToWrite, type ReadRef } from "../repository/ref.ts";
import type { Repository } from "../repository/repository.ts";
import type { TreeRef } from "../repository/structureReader.ts";
import type { Privileged } from "../volumes/privileged/privileged.ts";
import { readSendStream } from "../volumes/sendStream/reader.ts";
import { SnapshotFiles } from "./snapshotFiles.ts";
import { applyStream } from "./streamApplier.ts";
import { TransferMeter } from "./transferMeter.ts";
import { TreeEditor, type EditBase } from "./treeEditor.ts";
import { TreeWriter } from "./treeWriter.ts";

/** What a manifest records about a snapshot beyond its tree. */
export type SnapshotRecord = Omit<Manifest, "format" | "parentManifest" | "root" | "links" | "counts">;

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

export interface Pushed {
  readonly manifestDigest: Digest;
  /** Bytes sent to the store, packs and indexes together. */
  readonly bytesStored: number;
}

/**
 * Puts a snapshot into the repository and, where asked, makes it the head of its project. What is written becomes
 * lasting in the order packs, index, manifest, ref; ended between any two, what was stored is used by
 * the next push. Pushing the same snapshot again stores nothing.
 * @throws ForkpointError REF_CONFLICT, OBJECT_*, STORE_*, STREAM_INVALID, NEEDS_ROOT, CANCELLED
 */
export async function pushSnapshot(request: PushRequest, tools: PushTools, call: LongCall): Promise<Pushed> {
  const { repository, crashPoint } = tools;
  const { projectId } = request.record;
  const current = await repository.readRef(projectId, call.signal);
  const epoch = epochToWrite(current, request.machineId, request.knownHead);
  await repository.index.refresh(call.signal);

  const packs = repository.packWriter(call.signal);
  let manifest: Manifest;
  try {
    manifest = await buildSnapshot(request, tools, packs, call);
    await packs.finishPacks();
  } catch (thrown) {
    await packs.abandon();
    throw thrown;
  }
  crashPoint("push:packs-written");
  await packs.finishIndex();
  crashPoint("push:index-written");
  const manifestDigest = repository.addressOf(manifest);
  if (current?.ref.head !== manifestDigest) {
    await repository.writeManifest(manifest, call.signal);
    crashPoint("push:manifest-written");
    if (request.becomesHead) {
      await moveRef(current, { head: manifestDigest, epoch }, request, tools, call);
      crashPoint("push:ref-written");
    }
  }
  return { manifestDigest, bytesStored: packs.bytesStored };
}

async function buildSnapshot(
  { path, record, base, parentManifest }: PushRequest,
  { repository, privileged, clock }: PushTools,
  packs: PackWriter,
  call: LongCall,
): Promise<Manifest> {
  const { signal } = call;
  const meter = new TransferMeter(clock, call, "Storing the snapshot");
  const from = base ? await readBase(repository, base, signal) : null;
  const editor = new TreeEditor(repository.blobs, from, signal);
  // A snapshot that was pulled and is pushed under another project differs from itself in nothing.
  if (base?.path !== path) {
    const sent = privileged.send(path, { noData: true, ...(base ? { parent: base.path } : {}) }, signal);
    const options = { incremental: base !== null, pace: () => meter.pace() };
    await applyStream(editor, readSendStream(sent), options);
  }
  const files = new SnapshotFiles(path, meter);
  await editor.settleLinks((name) => files.inodeNumber(name));
  const writer = new TreeWriter({ blobs: repository.blobs, packs, files, meter, signal });
  const root: TreeRef = await writer.write(editor.root);
  const links = await editor.links.write(packs, (node) => writer.inode(node));
  meter.report();
  return {
    format: 1,
    ...record,
    parentManifest,
    root: { tree: root.tree, attributes: rootAttributes(editor.root.attributes) },
    links: links.table,
    counts: { entries: root.entries, bytes: root.bytes + links.bytes, linkedBytes: links.bytes },
  };
}

async function readBase(repository: Repository, base: PushBase, signal: AbortSignal): Promise<EditBase> {
  const manifest = await repository.readManifest(base.projectId, base.manifestDigest, signal);
  const { entries, bytes, linkedBytes } = manifest.counts;
  return {
    root: { tree: manifest.root.tree, entries, bytes: bytes - linkedBytes },
    attributes: attributesOfRoot(manifest),
    links: manifest.links,
  };
}

async function moveRef(
  current: ReadRef | null,
  next: { readonly head: Digest; readonly epoch: number },
  { record, machineId }: PushRequest,
  { repository, clock }: PushTools,
  { signal }: LongCall,
): Promise<void> {
  await repository.writeRef(
    current,
    {
      format: 1,
      projectId: record.projectId,
      slug: record.slug,
      ...next,
      machineId,
      updatedAt: new Date(clock.now()).toISOString(),
      forkedFrom: record.forkedFrom,
    },
    signal,
  );
}
