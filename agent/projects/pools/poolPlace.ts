import { lstat, readdir, realpath, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ForkpointError } from "../../protocol/errors.ts";
import { isWithin } from "../../volumes/mountTable.ts";

const kernelTrees = ["/dev", "/proc", "/sys"];

/**
 * The path at which a new image file of `size` bytes can be made: its folder resolved and found to have
 * the room.
 * @throws ForkpointError POOL_EXISTS, BAD_REQUEST
 */
export async function newImagePath(image: string, size: number): Promise<string> {
  const name = basename(image);
  if (image.endsWith("/") || image.includes("\0") || name === "." || name === "..") {
    throw refused(`${JSON.stringify(image)} is not a name for an image file.`);
  }
  const folder = await realpath(dirname(image)).catch(refuseFolder(dirname(image)));
  const tree = kernelTrees.find((each) => isWithin(folder, each));
  if (tree) throw refused(`An image file cannot lie in ${tree}.`);
  const path = join(folder, name);
  const found = await kindOf(path);
  if (found === "file") {
    throw new ForkpointError("POOL_EXISTS", `The file ${path} exists already.`);
  }
  if (found !== null) throw refused(`${path} is a ${found}, not a place for a new image file.`);
  await checkRoom(folder, size);
  return path;
}

/** @throws ForkpointError BAD_REQUEST when the disk below `folder` has not `bytes` free */
export async function checkRoom(folder: string, bytes: number): Promise<void> {
  const disk = await statfs(folder);
  const free = disk.bavail * disk.bsize;
  if (free >= bytes) return;
  throw new ForkpointError(
    "BAD_REQUEST",
    `The disk below ${folder} has ${gib(free)} free; the pool would need ${gib(bytes)}.`,
    { hint: "Choose a smaller size, or a folder on a larger disk." },
  );
}

/**
 * The folder at which a pool can be mounted: an empty one, or one still to be made.
 * @throws ForkpointError POOL_EXISTS, BAD_REQUEST
 */
export async function newMountPath(mount: string): Promise<{ path: string; exists: boolean }> {
  const parent = await realpath(dirname(mount)).catch(refuseFolder(dirname(mount)));
  const path = join(parent, basename(mount));
  const found = await kindOf(path);
  if (found === null) return { path, exists: false };
  if (found !== "folder") throw refused(`${path} is a ${found}, not a folder to mount a pool at.`);
  if ((await readdir(path)).length > 0) {
    throw new ForkpointError(
      "POOL_EXISTS",
      `The folder ${path} is not empty; a pool would hide what it holds.`,
    );
  }
  return { path, exists: true };
}

/** A name for the mount point of a new pool, from that of its image, of characters that are plain everywhere. */
export function newMountName(image: string, poolId: string): string {
  const plain = basename(image)
    .replace(/\.[^.]*$/, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "");
  return `${plain.slice(0, 60) || "pool"}-${poolId.slice(0, 4)}`;
}

async function kindOf(path: string): Promise<string | null> {
  try {
    const found = await lstat(path);
    if (found.isFile()) return "file";
    if (found.isDirectory()) return "folder";
    if (found.isSymbolicLink()) return "symbolic link";
    if (found.isFIFO()) return "FIFO";
    if (found.isSocket()) return "socket";
    return "device";
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw refused(`${path} cannot be used: ${(thrown as Error).message}.`);
  }
}

function refuseFolder(folder: string) {
  return (thrown: unknown): never => {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") {
      throw refused(`The folder ${folder} does not exist.`);
    }
    throw refused(`The folder ${folder} cannot be used: ${(thrown as Error).message}.`);
  };
}

function refused(message: string): ForkpointError {
  return new ForkpointError("BAD_REQUEST", message, { hint: "Choose another place." });
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
