import { ForkpointError } from "../../protocol/errors.ts";
import { recordBytes } from "../packFormat.ts";
import type { Repository } from "../repository.ts";
import type { LiveMark, Mark, PackUse } from "./liveMark.ts";
import { oldClaims } from "./oldClaims.ts";
import type { Retention } from "./retention.ts";
import { snapshotsToKeep, wantedSnapshots, type SnapshotUse } from "./snapshotsToKeep.ts";

/** A pack that is to go, and what becomes of what is needed of it. */
export interface PackToGo extends PackUse {
  /** Whether it holds something that is written anew first. */
  readonly repacked: boolean;
}

export interface GcPlan {
  readonly policy: Retention;
  readonly kept: readonly SnapshotUse[];
  readonly dropped: readonly SnapshotUse[];
  readonly packs: readonly PackToGo[];
  /** Bytes of all packs there are. */
  readonly storedBytes: number;
}

/** Of a pack with less than this share in use, what is in use is written anew. */
const sparseShare = 0.5;
/** What a pack has besides its blobs and their records, at most; in bytes. */
const packFrameBytes = 128;
/** What is written anew in one go, in bytes; the rest waits for the next time. */
const repackBytes = 2 * 1024 ** 3;
/** What one collection condemns at most, so that the record of it stays small. */
const mostPacks = 20_000;
const mostManifests = 20_000;

/**
 * Decides what is to go. Reads only.
 * @param options.now by the store's clock; what is younger than `graceMs` stays, as its push may be under way
 * @throws ForkpointError GC_REFUSED when not all that must be kept can be found
 */
export async function planGc(
  repository: Repository,
  mark: LiveMark,
  options: { policy: Retention; now: number; graceMs: number },
  signal: AbortSignal,
): Promise<GcPlan> {
  const { policy, now, graceMs } = options;
  return refusing(async () => {
    const uses = await snapshotsToKeep(repository, { policy, now }, signal);
    const dropped = uses.filter(({ why }) => why === null).slice(0, mostManifests);
    const leaving = new Set(dropped.map(({ name }) => name));
    const kept = uses.filter(({ name }) => !leaving.has(name));
    const names = kept.map(({ name }) => name);
    const marked = await mark.mark(names, new Set());
    const claimed = await oldClaims(repository, now - graceMs, signal);
    assertDispensable(marked, await wantedSnapshots(repository, signal), claimed);
    const { packs, broken } = marked;
    return {
      policy,
      kept: kept.filter(({ name }) => !broken.has(name)),
      dropped: [...dropped, ...kept.filter(({ name }) => broken.has(name))],
      packs: packsToGo(packs.filter(({ modifiedAt }) => now - modifiedAt >= graceMs)),
      storedBytes: packs.reduce((sum, { size }) => sum + size, 0),
    };
  });
}

/**
 * A snapshot that is not whole may go, or be passed over, when the store has the same one whole, or when its push still
 * claims it: it is what a push left that was ended. Any other is a loss, and nothing is deleted while there is one.
 * @param claimed since a grace period
 * @throws ForkpointError GC_REFUSED
 */
export function assertDispensable(
  { broken, whole }: Mark,
  wanted: ReadonlyMap<string, string>,
  claimed: ReadonlySet<string>,
): void {
  const again = new Set(whole.values());
  for (const [name, { snapshot, why }] of broken) {
    const isThereAgain = snapshot !== null && again.has(snapshot);
    if (wanted.has(name) || !(isThereAgain || claimed.has(name))) throw refused(why);
  }
}

/**
 * Of small packs that hold nothing else the frame alone makes them sparse: written anew they are one less, or nothing
 * is won and they would be written anew each time.
 */
function withoutFew(toGo: readonly PackToGo[]): PackToGo[] {
  const isAllInUse = ({ size, liveBytes, liveBlobs }: PackUse) =>
    liveBlobs > 0 && liveBytes + liveBlobs * recordBytes + packFrameBytes >= size;
  const small = toGo.filter(isAllInUse);
  // One with chunks and one with trees is the least there can be.
  return small.length > 2 ? [...toGo] : toGo.filter((pack) => !small.includes(pack));
}

function packsToGo(old: readonly PackUse[]): PackToGo[] {
  const toGo: PackToGo[] = [];
  let repacked = 0;
  const sparsestFirst = old.toSorted((a, b) => a.liveBytes / a.size - b.liveBytes / b.size);
  for (const pack of sparsestFirst) {
    if (toGo.length === mostPacks || pack.liveBytes >= pack.size * sparseShare) break;
    repacked += pack.liveBytes;
    if (repacked > repackBytes) break;
    toGo.push({ ...pack, repacked: pack.liveBytes > 0 });
  }
  return withoutFew(toGo);
}

/** A collection never goes on when it cannot see all that is needed. */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof ForkpointError) || !isOfObject(thrown.code)) throw thrown;
    throw refused(thrown.message.replace(/\.$/, ""), thrown);
  }
}

function isOfObject(code: string): boolean {
  return code === "OBJECT_MISSING" || code === "OBJECT_DAMAGED" || code === "PATH_OUTSIDE_VOLUME";
}

export function refused(why: string, cause?: unknown): ForkpointError {
  return new ForkpointError("GC_REFUSED", `The store is not tidied: ${why}.`, { cause });
}
