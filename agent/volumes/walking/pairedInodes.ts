import { lstat } from "node:fs/promises";
import { inParallel } from "../../host/inParallel.ts";
import { absolute, type WalkedInode, type WalkedSnapshot } from "./walkedSnapshot.ts";

/** An inode that both snapshots have. */
export interface Pair {
  readonly older: WalkedInode;
  readonly newer: WalkedInode;
  /**
   * `same`: nothing was done to it in between. `touched`: something may have been. `doubtful`: the clock is
   * too coarse to tell.
   */
  readonly change: "same" | "touched" | "doubtful";
}

/** By number. */
export type PairedInodes = ReadonlyMap<number, Pair>;

/**
 * Two changes that are closer together than this may carry one time: kernels without fine-grained times
 * advance their clock every 10 ms at the slowest. Seconds.
 */
const clockGrain = 0.02;
const rootInode = 256;

/**
 * Finds which inodes of two snapshots are one and the same with a common history. A number can be used
 * again, and snapshots without a common history have numbers in common by accident; there the time of
 * birth differs, which a snapshot keeps and nobody can set.
 */
export async function pairInodes(
  older: WalkedSnapshot,
  newer: WalkedSnapshot,
  signal: AbortSignal,
): Promise<PairedInodes> {
  const paired = new Map<number, Pair>();
  const unsure: { older: WalkedInode; newer: WalkedInode }[] = [];
  // A change after the earlier of the two was taken is no older than anything in it.
  const blurred = Math.min(older.lastChange, newer.lastChange) - clockGrain;
  for (const now of newer.inodes.values()) {
    const before = older.inodes.get(now.number);
    if (before?.type !== now.type) continue;
    if (before.state === now.state) {
      const change = now.changedAt >= blurred ? "doubtful" : "same";
      paired.set(now.number, { older: before, newer: now, change });
    } else if (now.number === rootInode) {
      paired.set(now.number, { older: before, newer: now, change: "touched" });
    } else unsure.push({ older: before, newer: now });
  }
  await inParallel(unsure, 16, async (both) => {
    signal.throwIfAborted();
    const [before, now] = await Promise.all([birth(older, both.older), birth(newer, both.newer)]);
    if (before === now) paired.set(both.newer.number, { ...both, change: "touched" });
  });
  return paired;
}

async function birth(snapshot: WalkedSnapshot, inode: WalkedInode): Promise<bigint> {
  return (await lstat(absolute(snapshot, inode.names[0] ?? ""), { bigint: true })).birthtimeNs;
}
