import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { withLock } from "./lock.mjs";
import { cacheFolder } from "./paths.mjs";
import { showing } from "./terminal.mjs";

/**
 * Makes a folder of the cache exactly once, however many processes ask for it and wherever earlier
 * attempts were killed: it is made beside its place, by one process at a time, and renamed when whole.
 * @param {object} wanted
 * @param {string} wanted.name the folder's name in the cache; holds the version
 * @param {string} wanted.title
 * @param {string} wanted.proof a file below the folder that is there when it is whole
 * @param {(partial: string, progress: import("./terminal.mjs").Progress) => Promise<void>} wanted.make
 *   fills the folder `partial`, in which an attempt that was killed may have left something
 * @returns {Promise<string>} the folder
 */
export async function installed({ name, title, proof, make }) {
  const folder = join(cacheFolder, name);
  if (existsSync(join(folder, proof))) return folder;
  return withLock(join(cacheFolder, "locks", name), async () => {
    if (existsSync(join(folder, proof))) return folder;
    const partial = join(cacheFolder, "partial", name);
    mkdirSync(partial, { recursive: true });
    await showing(title, (progress) => make(partial, progress));
    mkdirSync(dirname(folder), { recursive: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
    return folder;
  });
}
