import { lstat } from "node:fs/promises";
import { inParallel } from "../../host/inParallel.ts";
import type { ActChange } from "../../protocol/acts.ts";
import { dependencyFolderOf, isLockfileName } from "../../protocol/dependencyNames.ts";
import { encodeVolumePath } from "../../protocol/volumePath.ts";
import { joinBytes } from "../../volumes/bytePaths.ts";
import type { PathChange } from "../../volumes/comparison/compareSnapshots.ts";

const filesAtOnce = 16;
const mostLockfiles = 3;

/**
 * Counts what differs between two snapshots.
 * @param before the folder of the older one
 */
export async function countChange(before: string, changes: readonly PathChange[]): Promise<ActChange> {
  const count = { files: 0, added: 0, removed: 0, bytes: 0, inDependencies: 0, inGit: 0 };
  const lockfiles: string[] = [];
  await inParallel(changes, filesAtOnce, async ({ path, kind, type, size }) => {
    const text = path.toString("utf8");
    const names = text.split("/");
    if (names.includes(".git")) {
      count.inGit++;
      return;
    }
    if (kind === "added") count.bytes += size ?? 0;
    if (kind === "removed") count.bytes -= size ?? 0;
    if (kind === "modified" && size !== null) count.bytes += size - (await sizeBefore(before, path));
    if (type === "directory" || kind === "metadata") return;
    count.files++;
    if (kind === "added") count.added++;
    if (kind === "removed") count.removed++;
    if (dependencyFolderOf(text, false) !== null) count.inDependencies++;
    else if (isLockfileName(names.at(-1) ?? "")) lockfiles.push(encodeVolumePath(path));
  });
  return { ...count, lockfiles: lockfiles.sort().slice(0, mostLockfiles) };
}

/** 0 for what was no file then, or had another name. */
async function sizeBefore(before: string, path: Buffer): Promise<number> {
  try {
    const stat = await lstat(joinBytes(Buffer.from(before), path));
    return stat.isFile() ? stat.size : 0;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return 0;
    throw thrown;
  }
}
