import { lstat, readlink } from "node:fs/promises";
import type { BigIntStats } from "node:fs";
import { inParallel } from "../../host/inParallel.ts";
import type { LongCall } from "../../host/longCall.ts";
import { joinBytes } from "../bytePaths.ts";
import type { Privileged } from "../privileged/privileged.ts";
import { withoutCollisions } from "./collisions.ts";
import { readDifferences } from "./differences.ts";
import { typeOf, type EntryType } from "./namespace.ts";
import { sameBytes } from "./sameBytes.ts";

/** Enough to keep the file system busy, few enough that two buffers for each are nothing. */
const filesAtOnce = 16;

/** One path that differs, as a person would see it. */
export interface PathChange {
  /** In the newer snapshot; of what was removed, in the older. */
  readonly path: Buffer;
  readonly kind: "added" | "modified" | "removed" | "renamed" | "metadata";
  /** For `renamed`: the path in the older snapshot. */
  readonly from?: Buffer;
  readonly type: EntryType;
  /** Bytes of a file on the newer side, or of the removed one; null for what is no file. */
  readonly size: number | null;
  /** The permission bits of both sides, where they differ. */
  readonly modes?: { readonly before: number; readonly after: number };
}

/**
 * The paths that differ between two read-only snapshots of one pool, sorted by their bytes. What was
 * written again with the same content is no change; neither is the time of a directory, nor an access time.
 * `apart` is for snapshots of two volumes: what has the same number there need not be the same.
 */
export async function compareSnapshots(
  privileged: Privileged,
  snapshots: { readonly from: string; readonly to: string },
  call: LongCall,
  { apart = false } = {},
): Promise<PathChange[]> {
  const all = await readDifferences(privileged, snapshots, call);
  const differences = apart ? await withoutCollisions(all, snapshots, call.signal) : all;
  const from = Buffer.from(snapshots.from);
  const to = Buffer.from(snapshots.to);
  const older = (path: Buffer) => lstat(joinBytes(from, path), { bigint: true });
  const newer = (path: Buffer) => lstat(joinBytes(to, path), { bigint: true });
  const changes: PathChange[] = [];
  const each = <T>(items: readonly T[], work: (item: T) => Promise<void>) =>
    inParallel(items, filesAtOnce, (item) => {
      call.signal.throwIfAborted();
      return work(item);
    });
  const removed = new Map(differences.removed.map((one) => [one.path.toString("latin1"), one]));

  await each(differences.moved, async ({ from: origin, path, inode }) => {
    if (path.equals(origin)) return;
    const stat = await newer(path);
    changes.push({ path, kind: "renamed", from: origin, type: inode.type, size: sizeOf(stat) });
    removed.delete(path.toString("latin1"));
  });
  await each(differences.created, async ({ path, inode }) => {
    const stat = await newer(path);
    const seen = { path, type: inode.type, size: sizeOf(stat) };
    const replaced = removed.get(path.toString("latin1"));
    if (!replaced) {
      changes.push({ ...seen, kind: "added" });
      return;
    }
    removed.delete(path.toString("latin1"));
    const before = await older(path);
    const kind = await differs(path, before, stat, inode.attributes);
    if (kind) changes.push({ ...seen, kind, ...modesOf(before, stat) });
  });
  await each([...removed.values()], async ({ path, type }) => {
    changes.push({ path, kind: "removed", type, size: sizeOf(await older(path)) });
  });
  await each(differences.changed, async ({ origin, path, inode }) => {
    const stat = await newer(path);
    const before = await older(origin);
    const kind = inode.content
      ? await differs(path, before, stat, inode.attributes, origin)
      : inode.attributes || !sameStat(before, stat)
        ? "metadata"
        : null;
    if (kind) changes.push({ path, kind, type: inode.type, size: sizeOf(stat), ...modesOf(before, stat) });
  });
  return changes.sort((a, b) => Buffer.compare(a.path, b.path));

  async function differs(
    path: Buffer,
    before: BigIntStats,
    after: BigIntStats,
    attributes: boolean,
    origin = path,
  ): Promise<"modified" | "metadata" | null> {
    if (typeOf(before) !== typeOf(after) || before.rdev !== after.rdev) return "modified";
    if (after.isFile()) {
      const same =
        before.size === after.size && (await sameBytes(joinBytes(from, origin), joinBytes(to, path)));
      if (!same) return "modified";
    }
    if (after.isSymbolicLink()) {
      const [old, now] = await Promise.all([
        readlink(joinBytes(from, origin), { encoding: "buffer" }),
        readlink(joinBytes(to, path), { encoding: "buffer" }),
      ]);
      if (!old.equals(now)) return "modified";
    }
    return sameStat(before, after) || (after.isDirectory() && !attributes) ? null : "metadata";
  }
}

function sizeOf(stat: BigIntStats): number | null {
  return stat.isFile() ? Number(stat.size) : null;
}

function modesOf(before: BigIntStats, after: BigIntStats): Pick<PathChange, "modes"> {
  const modes = { before: Number(before.mode & 0o7777n), after: Number(after.mode & 0o7777n) };
  return typeOf(before) === typeOf(after) && modes.before !== modes.after ? { modes } : {};
}

function sameStat(before: BigIntStats, after: BigIntStats): boolean {
  const sameTime = after.isDirectory() || before.mtimeNs === after.mtimeNs;
  return sameTime && before.mode === after.mode && before.uid === after.uid && before.gid === after.gid;
}
