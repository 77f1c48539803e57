import { lchown, lstat, readlink, rename, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { geteuid } from "node:process";
import type { Processes } from "../../host/processes.ts";
import { isThere } from "../isThere.ts";

/** The name next to `source` under which it waits to be deleted; at most 255 bytes, as for any name. */
export function asidePath(source: string, projectId: string): string {
  return join(dirname(source), `.${basename(source).slice(0, 60)}.forkpoint-${projectId}`);
}

/** Puts a link to `volume`, owned as the source was, where the source stood. */
export async function linkInPlace(source: string, aside: string, volume: string): Promise<void> {
  const { uid, gid } = await lstat(aside);
  await symlink(volume, source);
  await lchown(source, uid, gid);
}

/** Whether `path` is a symbolic link to exactly `target`. */
export async function isLinkTo(path: string, target: string): Promise<boolean> {
  try {
    return (await readlink(path)) === target;
  } catch (thrown) {
    if (["ENOENT", "EINVAL", "ENOTDIR"].includes((thrown as NodeJS.ErrnoException).code ?? "")) return false;
    throw thrown;
  }
}

/**
 * Gives the source its name back, if it was taken away.
 * @throws Error when something else stands there by now; the source then stays where it is.
 */
export async function putBack(source: string, aside: string): Promise<void> {
  if (!(await isThere(aside))) return;
  if (await isThere(source)) {
    throw new Error(`${source} came into being meanwhile; what was there before is in ${aside}.`);
  }
  await rename(aside, source);
}

/** Deletes the source that waits under its other name. Never leaves its own file system. */
export async function deleteAside(processes: Processes, aside: string): Promise<void> {
  if (geteuid?.() !== 0 && (await isThere(aside))) {
    // An ordinary user takes nothing out of a folder, even one of his own, that does not let him write.
    const closed = ["-type", "d", "-uid", String(geteuid?.()), "!", "-perm", "-u=rwx"];
    const open = ["-exec", "chmod", "u+rwx", "--", "{}", ";"];
    await processes.run("find", [aside, "-xdev", ...closed, ...open]);
  }
  await processes.run("rm", ["-rf", "--one-file-system", "--", aside]);
}
