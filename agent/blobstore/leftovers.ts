import { randomUUID } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { entriesOf, modifiedIfThere } from "./objectFile.ts";
import { writeNew } from "./storeFolder.ts";

const leftoverMs = 60 * 60 * 1000;

/**
 * Removes what killed writers left in the folder of temporary files. A writer that only slept that long
 * finds its file gone, and its put fails with nothing written.
 */
export async function sweepLeftovers(temporaries: string): Promise<void> {
  const probe = join(temporaries, randomUUID());
  await writeNew(probe, new Uint8Array());
  // The file system's own time, which may be another machine's.
  const now = (await stat(probe)).mtimeMs;
  await rm(probe, { force: true });
  for await (const { name } of entriesOf(temporaries)) {
    const path = join(temporaries, name);
    const written = await modifiedIfThere(path);
    if (written !== null && now - written > leftoverMs) await rm(path, { force: true });
  }
}
