import { randomBytes } from "node:crypto";
import type { CrashPoint } from "../../host/crashPoints.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { BlobReader } from "../blobReader.ts";
import { digestBytes, type Digest } from "../digest.ts";
import type { IndexedPack } from "../indexFormat.ts";
import { rewriteIndexes } from "../indexRewrite.ts";
import { decodePack } from "../packFormat.ts";
import type { Repository } from "../repository.ts";
import type { GraphNode } from "./snapshotGraph.ts";
import { isProblem } from "./walkSnapshot.ts";

/** Packs that one rebuilt index describes. */
const packsPerIndex = 16;

/** Packs that no readable index describes, and the indexes that cannot be read. */
export interface Unindexed {
  readonly packs: readonly IndexedPack[];
  /** Packs that are to be described once more, as one of the damaged indexes may say that their own is void. */
  readonly doubtful: readonly IndexedPack[];
  readonly damagedIndexes: readonly Digest[];
}

/**
 * Reads the footers of packs that lie in the store without an index. What is about to be collected, and what
 * has no sound footer, is left out.
 */
export async function findUnindexed(
  repository: Repository,
  tools: { readonly signal: AbortSignal; readonly pace: () => Promise<void> | undefined },
): Promise<Unindexed> {
  const { signal, pace } = tools;
  const { index, objects, gc, sealing } = repository;
  const leaving = new Set<Digest>((await gc.read(signal))?.state.packs);
  const damagedIndexes = new Set<Digest>();
  const superseded = new Set<Digest>();
  const readable = new Map<Digest, readonly IndexedPack[]>();
  for (const id of await index.list(signal)) {
    await pace();
    try {
      const found = await index.read(id, signal);
      for (const old of found?.supersedes ?? []) superseded.add(old);
      readable.set(id, found?.packs ?? []);
    } catch (thrown) {
      if (!isProblem(thrown)) throw thrown;
      damagedIndexes.add(id);
    }
  }
  const described = new Map<Digest, IndexedPack>();
  for (const [id, packs] of readable) {
    if (superseded.has(id)) continue;
    for (const pack of packs) {
      const known = described.get(pack.id);
      if (!known || known.records.length < pack.records.length) described.set(pack.id, pack);
    }
  }
  const damaged = [...damagedIndexes].filter((id) => !superseded.has(id));
  const packs: IndexedPack[] = [];
  const doubtful: IndexedPack[] = [];
  for await (const { id, size } of objects.packs(signal)) {
    if (leaving.has(id)) continue;
    await pace();
    const known = described.get(id);
    if (known) {
      if (damaged.length > 0) doubtful.push(known);
      continue;
    }
    const bytes = await objects.readPack(id, { offset: 0, length: size }, signal);
    if (!bytes) continue;
    try {
      packs.push({ id, size, ...decodePack(id, bytes, sealing) });
    } catch (thrown) {
      if (!isProblem(thrown)) throw thrown;
    }
  }
  return { packs, doubtful, damagedIndexes: damaged };
}

export interface MendingTools {
  readonly signal: AbortSignal;
  readonly crashPoint: CrashPoint;
}

/** Writes indexes for packs that have none; readers then pass over the indexes that cannot be read. */
export async function indexAgain(
  repository: Repository,
  { packs: unindexed, doubtful, damagedIndexes }: Unindexed,
  { signal, crashPoint }: MendingTools,
): Promise<void> {
  const { index } = repository;
  const check = await noDeletions(repository, signal);
  const packs = [...unindexed, ...doubtful];
  const unique = randomBytes(digestBytes).toString("hex");
  for (let at = 0; at < packs.length || (at === 0 && damagedIndexes.length > 0); at += packsPerIndex) {
    const isLast = at + packsPerIndex >= packs.length;
    await check();
    await index.write(
      {
        packs: packs.slice(at, at + packsPerIndex),
        // Only once all the others are there is a damaged one no longer needed.
        supersedes: isLast ? [...damagedIndexes, unique] : [unique],
      },
      signal,
    );
    crashPoint("mend:indexed");
  }
  await index.refresh(signal);
}

/**
 * Takes what cannot be read out of the indexes, so that the next push that has it stores it again. What can be read
 * by now stays: the way to the store was bad, or what refers to it. The packs stay as they are.
 * @returns how many indexes were replaced
 */
export async function forgetBlobs(
  repository: Repository,
  bad: readonly GraphNode[],
  { signal, crashPoint }: MendingTools,
): Promise<number> {
  const { index, objects } = repository;
  const check = await noDeletions(repository, signal);
  const before = async () => {
    await check();
    crashPoint("mend:index");
  };
  // In this order: a pack that is not there now, and is named by an index that was there before, is gone.
  const among = await index.list(signal);
  const present = new Set<Digest>();
  for await (const { id } of objects.packs(signal)) present.add(id);
  // Where each is known to be bad: a second copy of it elsewhere stays known.
  const badAt = new Set<string>();
  const reader = repository.freshReader();
  for (const node of bad) {
    if (await isReadable(reader, node, signal)) continue;
    const location = index.find(node);
    if (location) badAt.add(`${location.pack} ${node.kind} ${node.id}`);
  }
  const change = (pack: IndexedPack): IndexedPack | null => {
    if (!present.has(pack.id)) return null;
    const records = pack.records.filter(({ kind, id }) => !badAt.has(`${pack.id} ${kind} ${id}`));
    return records.length === pack.records.length ? pack : { ...pack, records };
  };
  return rewriteIndexes({ index, among, change, before }, signal);
}

async function isReadable(
  reader: BlobReader,
  { kind, id }: GraphNode,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await reader.read(kind, id, signal);
    return true;
  } catch (thrown) {
    if (!isProblem(thrown)) throw thrown;
    return false;
  }
}

/** A check that nothing is deleted, or was, since this was called; what was read since then holds. */
async function noDeletions(repository: Repository, signal: AbortSignal): Promise<() => Promise<void>> {
  const cycle = (await repository.gc.read(signal))?.state.cycle ?? 0;
  const check = async () => {
    const state = (await repository.gc.read(signal))?.state;
    if ((state?.cycle ?? 0) === cycle && state?.phase !== "deleting") return;
    throw new ForkpointError("GC_UNDER_WAY", "The store is being tidied.", {
      hint: "Let `forkpoint gc` come to its end, then do this again.",
    });
  };
  await check();
  return check;
}
