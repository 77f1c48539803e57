import { lstat } from "node:fs/promises";

/** Whether something has this name. Links on the way are part of the path only where the volume has them. */
export async function isThere(path: Buffer): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return false;
    throw thrown;
  }
}
