import { dirname } from "node:path";
import { ForkpointError } from "../../protocol/errors.ts";
import { filesOpenForWriting } from "../../volumes/openFiles.ts";
import { readMountTable } from "../../volumes/mountTable.ts";
import { isWritable } from "../pools/poolMarker.ts";
import type { SourceState } from "./sourceState.ts";

const instead = "Import it with `--copy`; the folder then stays as it is.";

/**
 * Refuses a folder that could not be replaced by a link after its copy was made.
 * @throws ForkpointError REFUSED_ROOT, OPEN_FILES with details.programs
 */
export async function refuseUnmovable(source: string, state: SourceState): Promise<void> {
  const refused = (why: string) => new ForkpointError("REFUSED_ROOT", `${source} ${why}.`, { hint: instead });
  if (state.foreign !== null) {
    throw refused(`holds another file system or subvolume, ${state.foreign}, and cannot be moved`);
  }
  if (state.kept !== null) {
    throw refused(`holds the folder ${state.kept} of another user, who alone can delete what is in it`);
  }
  const mounts = await readMountTable();
  if (mounts.some((mount) => mount.path === source)) throw refused("is a mount point and cannot be moved");
  if (!(await isWritable(dirname(source)))) {
    throw refused(`cannot be moved: ${dirname(source)} does not let the agent's user write into it`);
  }
  await refuseWriters(source);
}

/**
 * Refuses while programs hold files of the folder open for writing: what they write after the copy would
 * go into files that are deleted.
 * @throws ForkpointError OPEN_FILES with details.programs
 */
export async function refuseWriters(folder: string): Promise<void> {
  const byPid = new Map<number, { pid: number; name: string; paths: string[] }>();
  for (const { pid, program, path } of await filesOpenForWriting(folder)) {
    const known = byPid.get(pid) ?? { pid, name: program, paths: [] };
    known.paths.push(path);
    byPid.set(pid, known);
  }
  if (byPid.size === 0) return;
  const programs = [...byPid.values()];
  const named = programs.map(({ name, pid }) => `${name} (${pid})`).join(", ");
  throw new ForkpointError("OPEN_FILES", `Files in ${folder} are being written by ${named}.`, {
    details: { programs },
    hint: "Stop the named programs, or import with `--copy`.",
  });
}
