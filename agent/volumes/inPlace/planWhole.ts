import { lstat } from "node:fs/promises";
import type { BigIntStats } from "node:fs";
import { inParallel } from "../../host/inParallel.ts";
import type { LongCall } from "../../host/longCall.ts";
import type { Processes } from "../../host/processes.ts";
import { depthOf, joinBytes, parentOf, splitPath } from "../bytePaths.ts";
import { readDifferences, type Differences } from "../comparison/differences.ts";
import type { Inode } from "../comparison/namespace.ts";
import type { Privileged } from "../privileged/privileged.ts";
import { namesOfFile } from "./namesOfFile.ts";
import { emptyPlan, PathSet, type Plan } from "./plan.ts";

/**
 * Plans how a volume that equals `current` becomes equal to `target`, both read-only snapshots of one pool.
 * A file that differs in anything is replaced as a whole by a copy that shares the snapshot's blocks;
 * what only has another name or folder is moved.
 */
export async function planWhole(
  tools: { readonly processes: Processes; readonly privileged: Privileged },
  snapshots: { readonly current: string; readonly target: string },
  call: LongCall,
): Promise<Plan> {
  const { current, target } = snapshots;
  const differences = await readDifferences(tools.privileged, { from: current, to: target }, call);
  const plan = emptyPlan();
  const replaced = new Set<Inode>();
  const copies = new PathSet();

  const stats = await inParallel(differences.changed, 16, async ({ origin, path, inode }) => {
    call.signal.throwIfAborted();
    const stat = await inside(target, path);
    const byTime = !stat.isDirectory() && !inode.content && !inode.attributes;
    return { stat, before: byTime ? await inside(current, origin) : null };
  });
  for (const [at, { path, inode }] of differences.changed.entries()) {
    const { stat, before } = stats[at] ?? unseen();
    if (stat.isDirectory()) {
      if (inode.removedXattrs.length > 0) plan.lostAttributes.push({ path, names: inode.removedXattrs });
      continue;
    }
    if (before?.mtimeNs === stat.mtimeNs) continue;
    replaced.add(inode);
    copies.add(path);
    plan.copied.push(path);
    if (stat.nlink === 1n) continue;
    const file = { inode: stat.ino, count: Number(stat.nlink) };
    for (const name of await namesOfFile(tools.processes, target, file, call.signal)) {
      if (copies.add(name)) plan.linked.push({ path: name, to: path });
    }
  }

  for (const { from, path, inode } of differences.moved) {
    const moves = !replaced.has(inode);
    plan.taken.push({ path: from, moves });
    if (moves) plan.moved.push({ from, path });
    else if (copies.add(path)) throw new Error("A replaced file has a name that nobody saw.");
  }
  for (const { path } of differences.removed) plan.taken.push({ path, moves: false });

  const firstName = new Map<Inode, Buffer>();
  for (const { path, inode } of differences.created) {
    if (inode.type === "directory") plan.folders.push(path);
    else if (!replaced.has(inode)) {
      const to = inode.created ? firstName.get(inode) : differences.kept.get(inode);
      if (to) plan.linked.push({ path, to });
      else {
        firstName.set(inode, path);
        plan.copied.push(path);
      }
    }
  }
  plan.taken.sort((one, other) => depthOf(other.path) - depthOf(one.path));
  plan.folders.sort((one, other) => depthOf(one) - depthOf(other));
  plan.moved.sort((one, other) => depthOf(one.path) - depthOf(other.path));
  plan.attributes.push(...(await touchedFolders(differences, plan, target)));
  return plan;
}

/** Folders of the target that differ or whose time the work itself changes; inner ones first. */
async function touchedFolders(differences: Differences, plan: Plan, target: string): Promise<Buffer[]> {
  // The root is touched in any case, by what is staged in it.
  const touched = new PathSet();
  touched.add(Buffer.alloc(0));
  for (const path of plan.folders) touched.add(path);
  for (const { path, inode } of differences.changed) if (inode.type === "directory") touched.add(path);
  const placed = [
    ...plan.copied,
    ...plan.folders,
    ...[...plan.moved, ...plan.linked].map(({ path }) => path),
  ];
  for (const path of placed) touched.add(parentOf(path));
  for (const { path, inode } of differences.moved) if (inode.type === "directory") touched.add(path);
  // A folder that lost something may have moved or gone itself; the stream then names it.
  const lost = new PathSet();
  for (const { path } of plan.taken) lost.add(parentOf(path));
  for (const path of lost) {
    if (touched.has(path)) continue;
    if (await isFolder(target, path)) touched.add(path);
  }
  return [...touched].sort((one, other) => depthOf(other) - depthOf(one));
}

/** Whether the path is a folder, and none of those above it a link to elsewhere. */
async function isFolder(root: string, path: Buffer): Promise<boolean> {
  let at: Buffer = Buffer.alloc(0);
  for (const part of splitPath(path)) {
    at = joinBytes(at, part);
    const stat = await inside(root, at).catch(nothing);
    if (!stat?.isDirectory()) return false;
  }
  return true;
}

function unseen(): never {
  throw new Error("A file that differs was not looked at.");
}

function inside(root: string, path: Buffer): Promise<BigIntStats> {
  return lstat(joinBytes(Buffer.from(root), path), { bigint: true });
}

function nothing(thrown: unknown): null {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return null;
  throw thrown;
}
