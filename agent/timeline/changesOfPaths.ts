import { lstat } from "node:fs/promises";
import type { Processes } from "../host/processes.ts";
import { isWithin, joinBytes } from "../volumes/bytePaths.ts";
import type { PathChange } from "../volumes/comparison/compareSnapshots.ts";
import { namesOfFile } from "../volumes/inPlace/namesOfFile.ts";

/**
 * The changes that happen at or below some paths, or move along a folder that holds one of them. A file with
 * several names, of which the comparison gives one, is a change at each of its names.
 * @param target the newer side of the comparison
 */
export async function changesOfPaths(
  processes: Processes,
  changes: readonly PathChange[],
  target: string,
  paths: readonly Buffer[],
  signal: AbortSignal,
): Promise<PathChange[]> {
  const found = changes.filter((change) => touches(change, paths));
  const known = new Set(found.map(({ path }) => path.toString("latin1")));
  for (const change of changes) {
    if (change.type === "directory" || (change.kind !== "modified" && change.kind !== "metadata")) continue;
    const stat = await lstat(joinBytes(Buffer.from(target), change.path), { bigint: true });
    if (stat.nlink === 1n) continue;
    const file = { inode: stat.ino, count: Number(stat.nlink) };
    for (const path of await namesOfFile(processes, target, file, signal)) {
      if (known.has(path.toString("latin1")) || !paths.some((each) => isWithin(path, each))) continue;
      known.add(path.toString("latin1"));
      found.push({ ...change, path });
    }
  }
  return found;
}

function touches({ path, from, type }: PathChange, paths: readonly Buffer[]): boolean {
  return paths.some(
    (each) =>
      isWithin(path, each) ||
      (from !== undefined &&
        (isWithin(from, each) || (type === "directory" && (isWithin(each, path) || isWithin(each, from))))),
  );
}
