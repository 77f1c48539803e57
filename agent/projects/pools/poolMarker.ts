import { access, constants, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const Marker = z.object({ poolId: z.string() });

function markerFile(pool: string): string {
  return join(pool, ".forkpoint", "pool.json");
}

/**
 * Marks the file system at `pool` as the pool with this id, so that another one that is mounted in its
 * place, or the bare mount point, is not taken for it.
 */
export async function writePoolMarker(pool: string, poolId: string): Promise<void> {
  await mkdir(join(pool, ".forkpoint"), { recursive: true, mode: 0o700 });
  await writeFile(markerFile(pool), `${JSON.stringify({ poolId })}\n`, { flush: true });
}

/** The id of the pool that is there; null when none is. */
export async function readPoolMarker(pool: string): Promise<string | null> {
  try {
    return Marker.parse(JSON.parse(await readFile(markerFile(pool), "utf8"))).poolId;
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw thrown;
  }
}

export async function removePoolMarker(pool: string): Promise<void> {
  await rm(markerFile(pool), { force: true });
}

/** Whether this process may write into the folder. */
export async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}
