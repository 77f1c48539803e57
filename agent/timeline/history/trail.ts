import { lstat } from "node:fs/promises";
import type { BigIntStats } from "node:fs";
import { joinBytes, splitPath } from "../../volumes/bytePaths.ts";
import { unreadable } from "../../volumes/unreadable.ts";

/** What stands on the way of a path in one folder, the folder itself first. */
export interface Trail {
  /** Down to what the path names, or to the deepest that is there. Never empty. */
  readonly steps: readonly BigIntStats[];
  /** What the path names; null when there is nothing. */
  readonly found: BigIntStats | null;
  /** Why the path was not followed to its end, although there may be something: a link, or another file system. */
  readonly blockedBy: "link" | "mount" | null;
}

/** A trail, and what is known of the moment at which it was seen. */
export interface Sighting {
  readonly trail: Trail;
  /** Nanoseconds since 1970: what last changed no later than this had changed before the moment. */
  readonly settledBefore: bigint;
  /** Whether the folder is the live volume, or a snapshot that was taken of it. */
  readonly native: boolean;
}

/**
 * Follows a path step by step, through no symbolic link and into no other file system.
 * @returns null when the folder itself is not there
 * @throws ForkpointError FILES_UNREADABLE
 */
export async function trailOf(root: string, path: Buffer): Promise<Trail | null> {
  const folder = Buffer.from(root);
  const top = await statOf(folder, root);
  if (!top) return null;
  const steps = [top];
  const ended = (blockedBy: Trail["blockedBy"]): Trail => ({ steps, found: null, blockedBy });
  let at: Buffer = Buffer.alloc(0);
  for (const part of splitPath(path)) {
    const above = steps.at(-1);
    if (above?.isSymbolicLink()) return ended("link");
    if (!above?.isDirectory()) return ended(null);
    at = joinBytes(at, part);
    const stat = await statOf(joinBytes(folder, at), root);
    if (!stat) return ended(null);
    if (stat.dev !== top.dev) return ended("mount");
    steps.push(stat);
  }
  return { steps, found: steps.at(-1) ?? null, blockedBy: null };
}

/**
 * Whether the path surely named the same unchanged thing, or nothing, at every moment between two sightings of one
 * volume, so that nobody has to look in between. Of a folder it says that the folder stood there, and nothing of what
 * is below it. The argument:
 *
 * - Nobody can set an inode's ctime, and the kernel moves it with every write, change of attributes, new or lost name and
 *   renaming of the inode; a folder's moves with every name that it gains or loses. btrfs does not give an inode's number
 *   to another. So the same number with the same ctime at both ends was not touched in between, but for one gap: a write
 *   that is under way, or that falls into the same tick of the kernel's clock, changes the content after the ctime. The
 *   ctime therefore has to be older than the older sighting by a margin (`settledBefore`).
 * - The thing at the end of the trail has to be unchanged in this sense; for a path that is not there, that is the deepest
 *   folder that is, which then gained no name, or the file or link in the way.
 * - A folder on the way must have stayed where it is. It did when it is unchanged itself, since moving it moves its ctime,
 *   or when the folder above it is, since that then lost no name. Its own ctime alone would say too little: a folder that
 *   was moved away and back, and in which files came and went, would hide what the path named meanwhile.
 * - Both ends are of the live volume, whose inodes live on from one snapshot to the next; a restore changes it in place.
 *   A snapshot that was rebuilt from the store has inodes of another, so none is ever an end; one in between held
 *   what the live volume then held.
 */
export function untouchedBetween(older: Sighting, newer: Sighting): boolean {
  if (!older.native || !newer.native) return false;
  const [before, after] = [older.trail, newer.trail];
  if (before.steps.length !== after.steps.length || before.blockedBy !== after.blockedBy) return false;
  if ((before.found === null) !== (after.found === null)) return false;
  const unchanged = before.steps.map((step, at) => {
    const other = after.steps[at];
    return step.ctimeNs === other?.ctimeNs && step.size === other.size && step.ctimeNs <= older.settledBefore;
  });
  const end = before.steps.length - 1;
  return before.steps.every((step, at) => {
    if (step.ino !== after.steps[at]?.ino) return false;
    const stayed = at === 0 || unchanged[at] === true || unchanged[at - 1] === true;
    if (at < end) return stayed;
    return before.found?.isDirectory() && after.found?.isDirectory() ? stayed : unchanged[at] === true;
  });
}

async function statOf(path: Buffer, root: string): Promise<BigIntStats | null> {
  try {
    return await lstat(path, { bigint: true });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return null;
    if (code !== "EACCES" && code !== "EPERM") throw thrown;
    throw unreadable(root, [path.subarray(Buffer.byteLength(root) + 1)]);
  }
}
