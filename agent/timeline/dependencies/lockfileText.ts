import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { NotALockfile } from "./packages.ts";

/** Larger ones are not read: reading takes memory, and nobody else gets an answer meanwhile. */
export const largestLockfileBytes = 8 * 1024 * 1024;

/** @throws NotALockfile when there is no such file, or nobody may read it, or it is too large */
export async function lockfileText(path: Buffer): Promise<string> {
  const file = await opened(path);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new NotALockfile("it is no file");
    if (stat.size > largestLockfileBytes) throw new NotALockfile("it is larger than 8 MiB");
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

async function opened(path: Buffer): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ELOOP" || code === "ENXIO") throw new NotALockfile("it is no file");
    if (code === "EACCES" || code === "EPERM") throw new NotALockfile("the agent may not read it");
    throw thrown;
  }
}
