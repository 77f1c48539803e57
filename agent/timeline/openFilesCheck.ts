import { relative } from "node:path";
import { ForkpointError } from "../protocol/errors.ts";
import { isWithin } from "../volumes/bytePaths.ts";
import type { PathChange } from "../volumes/comparison/compareSnapshots.ts";
import { filesOpenForWriting } from "../volumes/openFiles.ts";

/**
 * Refuses when a program has a file open for writing that a restore would change or take away.
 * @throws ForkpointError OPEN_FILES, whose details list the programs with their pids and files
 */
export async function refuseOpenFiles(volume: string, changes: readonly PathChange[]): Promise<void> {
  const open = await filesOpenForWriting(volume);
  if (open.length === 0) return;
  const paths = changes.flatMap(({ path, from }) => (from ? [path, from] : [path]));
  const programs = new Map<number, { name: string; pid: number; files: string[] }>();
  for (const { pid, program, path } of open) {
    const file = relative(volume, path);
    const bytes = Buffer.from(file);
    if (!paths.some((each) => isWithin(bytes, each))) continue;
    const found = programs.get(pid) ?? { name: program, pid, files: [] };
    found.files.push(file);
    programs.set(pid, found);
  }
  if (programs.size === 0) return;
  const names = [...new Set([...programs.values()].map(({ name }) => name))].join(", ");
  throw new ForkpointError("OPEN_FILES", `Files that would change are open for writing in: ${names}.`, {
    details: { programs: [...programs.values()] },
  });
}
