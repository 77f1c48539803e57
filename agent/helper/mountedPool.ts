import { ForkpointError } from "../protocol/errors.ts";
import { type Mount, readMounts } from "../volumes/mountTable.ts";
import { mountPointOf, type Call } from "./caller.ts";
import { HeldFolder } from "./heldFolder.ts";

/** The inode number of every subvolume's root folder. */
const subvolumeRoot = 256n;

/** What is mounted at the place of a user's pool; undefined when nothing is. */
export function mountAt(path: string): Mount | undefined {
  return readMounts().findLast((mount) => mount.path === path);
}

/**
 * The root of the caller's mounted pool, held, which also keeps it from being unmounted.
 * @throws ForkpointError POOL_NOT_FOUND
 */
export function openPool(call: Call, name: string): HeldFolder {
  const path = mountPointOf(call, name);
  if (mountAt(path)?.type !== "btrfs") {
    throw new ForkpointError("POOL_NOT_FOUND", `You have no pool ${name} that is mounted.`);
  }
  return HeldFolder.at(path);
}

/**
 * A folder of a pool, held. `path` is relative to the pool's root.
 * @throws ForkpointError PATH_NOT_FOUND, also when a part of the path is a link
 */
export function openInPool(pool: HeldFolder, path: string): HeldFolder {
  const parts = path.split("/");
  try {
    const [first = "", ...rest] = parts;
    return pool.enter(first).descend(rest);
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? "";
    if (!["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "EACCES"].includes(code)) throw thrown;
    throw new ForkpointError("PATH_NOT_FOUND", `The pool has no folder ${path}, reached without links.`, {
      cause: thrown,
    });
  }
}

/** As `openInPool`, for the root of a volume or snapshot. */
export function openVolume(pool: HeldFolder, path: string): HeldFolder {
  const volume = openInPool(pool, path);
  if (volume.stat().ino === subvolumeRoot) return volume;
  volume.close();
  throw new ForkpointError("PATH_NOT_FOUND", `${path} is no volume of the pool.`);
}

export function isVolume(folder: HeldFolder, name: string | Buffer): boolean {
  const found = folder.find(name);
  return found?.isDirectory() === true && found.ino === subvolumeRoot;
}
