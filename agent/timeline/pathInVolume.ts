import { lstat } from "node:fs/promises";
import type { Stats } from "node:fs";
import { ForkpointError } from "../protocol/errors.ts";
import { encodeVolumePath } from "../protocol/volumePath.ts";
import { joinBytes, parentOf } from "../volumes/bytePaths.ts";

/**
 * Sees to it that a path names something in at least one of the trees, and that in none of them a symbolic link
 * on the way to it leads elsewhere. The path itself may be a link.
 * @throws ForkpointError PATH_NOT_FOUND, PATH_OUTSIDE_VOLUME
 */
export async function requirePath(path: Buffer, roots: readonly string[]): Promise<void> {
  let found = false;
  for (const root of roots) {
    for (let at = parentOf(path); at.length > 0; at = parentOf(at)) {
      if ((await statOf(root, at))?.isSymbolicLink()) {
        throw new ForkpointError(
          "PATH_OUTSIDE_VOLUME",
          `The path ${encodeVolumePath(path)} goes through the symbolic link ${encodeVolumePath(at)}.`,
          { hint: "Name the path that the link leads to, if it is inside the workspace." },
        );
      }
    }
    found ||= (await statOf(root, path)) !== null;
  }
  if (found) return;
  throw new ForkpointError(
    "PATH_NOT_FOUND",
    `Neither the snapshot nor the workspace has ${encodeVolumePath(path)}.`,
  );
}

async function statOf(root: string, path: Buffer): Promise<Stats | null> {
  try {
    return await lstat(joinBytes(Buffer.from(root), path));
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG" || code === "ELOOP") return null;
    throw thrown;
  }
}
