import type { CrashPoint } from "../../host/crashPoints.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { Digest } from "../../repository/digest.ts";
import { CollectedMeanwhile, PushFence } from "../../repository/garbage/pushFence.ts";
import type { IndexedPack } from "../../repository/indexFormat.ts";
import type { Manifest } from "../../repository/manifest.ts";
import type { PackWriter } from "../../repository/packWriter.ts";
import { epochToWrite, type Ref } from "../../repository/ref.ts";
import type { Repository } from "../../repository/repository.ts";

export interface ToStore extends Pick<Ref, "projectId" | "slug" | "forkedFrom" | "machineId"> {
  /** The head of the project's ref as this machine last wrote or read it. */
  readonly knownHead: Digest | null;
  /** Whether the snapshot becomes the head: not one that is older than what is stored already. */
  readonly becomesHead: boolean;
  /**
   * Hands all blobs to the writer and gives the manifest. May be called several times. It builds upon no
   * manifest that the fence calls condemned, and gives it a nonce where the fence asks for one.
   */
  readonly build: (packs: PackWriter, fence: PushFence) => Promise<Manifest>;
}

export interface Stored {
  readonly manifestDigest: Digest;
  /** Bytes sent to the store, packs and indexes together. */
  readonly bytesStored: number;
}

export interface StoreTools {
  readonly repository: Repository;
  readonly crashPoint: CrashPoint;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How often a push that was overtaken by a collection begins anew before it is left for later. */
const attempts = 3;

/**
 * Stores a snapshot in the order packs, index, manifest, ref, and keeps clear of what is collected
 * meanwhile. When it resolves, the snapshot is in the store and stays there.
 * @throws ForkpointError REF_CONFLICT, GC_UNDER_WAY, OBJECT_*, STORE_*, and what `build` throws
 */
export async function storeSnapshot(
  request: ToStore,
  tools: StoreTools,
  signal: AbortSignal,
): Promise<Stored> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await storeOnce(request, tools, signal);
    } catch (thrown) {
      if (!(thrown instanceof CollectedMeanwhile)) throw thrown;
      if (attempt === attempts) {
        throw new ForkpointError("GC_UNDER_WAY", "The store was tidied each time the push was about to end.");
      }
    }
  }
}

async function storeOnce(request: ToStore, tools: StoreTools, signal: AbortSignal): Promise<Stored> {
  const { repository, crashPoint } = tools;
  const { objects } = repository;
  const { projectId, machineId, knownHead } = request;
  const [current, fence] = await Promise.all([
    repository.readRef(projectId, signal),
    // Before anything is read that the snapshot may come to rely on.
    PushFence.open(repository, signal),
  ]);
  const epoch = epochToWrite(current, machineId, knownHead);
  await repository.index.refresh(signal);
  await nameWhatWasLeft(repository, fence, signal);

  const packs = repository.packWriter(signal, fence);
  let claim: Claim | null = null;
  let manifest: Manifest;
  let head: Digest;
  let isHead: boolean;
  try {
    manifest = await request.build(packs, fence);
    head = repository.addressOf(manifest);
    isHead = current?.ref.head === head && (await isThere(repository, projectId, head, signal));
    // It only has to be there before the manifest is; until then it says nothing to anybody. So nothing waits for it.
    if (!isHead) claim = new Claim(repository, { projectId, head }, signal);
    await packs.finishPacks();
    crashPoint("push:packs-written");
    await packs.finishIndex();
    crashPoint("push:index-written");
    await claim?.made();
  } catch (thrown) {
    await packs.abandon();
    await claim?.withdraw();
    throw thrown;
  }
  if (!isHead) {
    await repository.writeManifest(manifest, signal);
    crashPoint("push:manifest-written");
  }
  // One that was there before is somebody's: it is kept like any other head, with all it needs.
  const written = isHead ? null : `${projectId}/${head}`;
  await settle(fence, written, async () => {
    if (isHead) return;
    await objects.removeManifest(projectId, head, signal);
    await objects.removeClaim(projectId, head, signal);
  });
  if (!isHead) await objects.removeClaim(projectId, head, signal);
  crashPoint("push:settled");
  if (!isHead && request.becomesHead) {
    const { slug, forkedFrom } = request;
    const updatedAt = new Date(tools.now()).toISOString();
    const ref: Ref = { format: 1, projectId, slug, head, epoch, machineId, updatedAt, forkedFrom };
    await repository.writeRef(current, ref, signal);
    crashPoint("push:ref-written");
  }
  return { manifestDigest: head, bytesStored: packs.bytesStored };
}

/** A claim that is being made while the push goes on. */
class Claim {
  readonly #made: Promise<void>;
  readonly #remove: () => Promise<void>;

  constructor(
    { objects }: Repository,
    { projectId, head }: { readonly projectId: string; readonly head: Digest },
    signal: AbortSignal,
  ) {
    this.#made = objects.claim(projectId, head, signal);
    this.#remove = () => objects.removeClaim(projectId, head, signal);
    // Reported where it is awaited.
    this.#made.catch(() => undefined);
  }

  /** Resolves when the manifest may be written. @throws ForkpointError STORE_* */
  made(): Promise<void> {
    return this.#made;
  }

  /** No manifest comes. What is left where this fails, too, is an empty object that says nothing. */
  async withdraw(): Promise<void> {
    await Promise.allSettled([this.#made]);
    await this.#remove().catch(() => undefined);
  }
}

/** The bytes at the end of a pack that are looked for, to learn that it is there in full. */
const tailBytes = 8;

/** Packs that a push which was ended has sent already: once an index names them, nothing of them is sent again. */
async function nameWhatWasLeft(repository: Repository, fence: PushFence, signal: AbortSignal): Promise<void> {
  const { unnamed, index, objects } = repository;
  const left = unnamed.take();
  if (left.length === 0) return;
  try {
    const there: IndexedPack[] = [];
    for (const pack of left) {
      // Looked for only after the fence stands: what goes from now on, the fence tells.
      const range = { offset: pack.size - tailBytes, length: tailBytes };
      const isOfUse =
        !index.names(pack.id) &&
        !fence.avoid.has(pack.id) &&
        (await objects.readPack(pack.id, range, signal))?.length === tailBytes;
      if (isOfUse) there.push(pack);
    }
    if (there.length > 0) {
      await fence.beforeIndex(there);
      await index.publish(there, signal);
    }
    unnamed.forget(left);
  } finally {
    unnamed.leave(left);
  }
}

/** Whether the manifest is in the store and sound: a head may have been lost. */
async function isThere(
  repository: Repository,
  projectId: string,
  head: Digest,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await repository.readManifest(projectId, head, signal);
    return true;
  } catch (thrown) {
    if (thrown instanceof ForkpointError && thrown.code.startsWith("OBJECT_")) return false;
    throw thrown;
  }
}

/** A manifest that relies on what may be gone does not stay. */
async function settle(
  fence: PushFence,
  written: string | null,
  takeBack: () => Promise<void>,
): Promise<void> {
  try {
    await fence.settle(written);
  } catch (thrown) {
    if (thrown instanceof CollectedMeanwhile) await takeBack();
    throw thrown;
  }
}
