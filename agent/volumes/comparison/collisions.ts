import type { BigIntStats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { joinBytes } from "../bytePaths.ts";
import type { Differences, Moved } from "./differences.ts";
import { typeOf, type Inode } from "./namespace.ts";

/**
 * Tells what was really renamed from what only has the same inode number. Two volumes that grew from one snapshot number their
 * new files alike, and the kernel takes two of them for one when they were made in the same transaction. The moment a file
 * was made tells them apart; it is known to a tick of the kernel's clock, some milliseconds, and a snapshot keeps
 * it. Cost follows what was taken for renamed, with what lies in it.
 */
export async function withoutCollisions(
  differences: Differences,
  snapshots: { readonly from: string; readonly to: string },
  signal: AbortSignal,
): Promise<Differences> {
  const older = (path: Buffer) => joinBytes(Buffer.from(snapshots.from), path);
  const newer = (path: Buffer) => joinBytes(Buffer.from(snapshots.to), path);
  const ended = new Set(
    [...differences.moved.map(({ from }) => from), ...differences.removed.map(pathOf)].map(key),
  );
  const moved: Moved[] = [];
  const created = [...differences.created];
  const removed = [...differences.removed];
  const apart = new Set<string>();
  const open: Moved[] = [...differences.moved];
  for (let at = open.pop(); at; at = open.pop()) {
    signal.throwIfAborted();
    const { from, path } = at;
    const [before, after] = [
      await lstat(older(from), { bigint: true }),
      await lstat(newer(path), { bigint: true }),
    ];
    if (before.birthtimeNs === after.birthtimeNs) {
      moved.push(at);
      continue;
    }
    apart.add(key(path));
    removed.push({ path: from, type: typeOf(before) });
    created.push({ path, inode: { ...at.inode, type: typeOf(after) } });
    if (!before.isDirectory()) continue;
    // What lies in it and is not named by itself went along.
    for (const name of await readdir(older(from), { encoding: "buffer" })) {
      const child = joinBytes(from, name);
      if (!ended.has(key(child)))
        open.push({ from: child, path: joinBytes(path, name), inode: newInode(before) });
    }
  }
  const changed = differences.changed.filter(({ path }) => !apart.has(key(path)));
  return { ...differences, moved, created, removed, changed };
}

const pathOf = ({ path }: { readonly path: Buffer }) => path;
const key = (path: Buffer) => path.toString("latin1");

function newInode(stat: BigIntStats): Inode {
  return {
    type: typeOf(stat),
    created: true,
    content: false,
    attributes: false,
    times: false,
    removedXattrs: [],
  };
}
