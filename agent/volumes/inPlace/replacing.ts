import { lstat, mkdir, rename, rm, rmdir, unlink } from "node:fs/promises";
import { openTree } from "./closedFolders.ts";

/** Removes what is there. What a program wrote into a folder meanwhile goes with it: the snapshot does not have it. */
export async function remove(path: Buffer): Promise<void> {
  const stat = await lstat(path).catch(absent);
  if (!stat) return;
  if (!stat.isDirectory()) return unlink(path);
  await rmdir(path).catch(async (thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw thrown;
    await removeTree(path);
  });
}

/** Removes a folder with all it holds, closed folders included. */
export async function removeTree(path: Buffer): Promise<void> {
  await rm(path, { recursive: true }).catch(async (thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code !== "EACCES") throw thrown;
    await openTree(path);
    await rm(path, { recursive: true });
  });
}

/** Makes a folder where none is; anything else there goes. */
export async function makeFolder(path: Buffer): Promise<void> {
  try {
    await mkdir(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
    if ((await lstat(path)).isDirectory()) return;
    await unlink(path);
    await mkdir(path);
  }
}

/** Renames onto whatever is there. */
export async function renameOver(from: Buffer, to: Buffer): Promise<void> {
  try {
    await rename(from, to);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code !== "EISDIR" && code !== "ENOTDIR" && code !== "ENOTEMPTY" && code !== "EEXIST") throw thrown;
    await remove(to);
    await rename(from, to);
  }
}

/** Null for what is not there; for a `catch`. */
export function absent(thrown: unknown): null {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return null;
  throw thrown;
}
