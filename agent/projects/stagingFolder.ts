import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Btrfs } from "../volumes/btrfs.ts";

/** Removes what was half made in a staging place, be it a subvolume or a folder that holds some. */
export async function removeStaged(btrfs: Btrfs, path: string): Promise<void> {
  if (await btrfs.isSubvolume(path)) {
    await btrfs.deleteSubvolume(path);
    return;
  }
  for (const name of await readdir(path).catch(notThere)) {
    const inside = join(path, name);
    if (await btrfs.isSubvolume(inside)) await btrfs.deleteSubvolume(inside);
  }
  await rm(path, { recursive: true, force: true });
}

function notThere(thrown: unknown): [] {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === "ENOTDIR" || code === "ENOENT") return [];
  throw thrown;
}
