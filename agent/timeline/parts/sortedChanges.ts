import { inParallel } from "../../host/inParallel.ts";
import type { Processes } from "../../host/processes.ts";
import { dependencyFolderOf, isLockfileName } from "../../protocol/dependencyNames.ts";
import type { RestorePart } from "../../protocol/restoreParts.ts";
import type { PathChange } from "../../volumes/comparison/compareSnapshots.ts";
import { changesOfPaths } from "../changesOfPaths.ts";
import { Databases } from "./databases.ts";

const changesAtOnce = 16;

/** A change, and the part of the workspace that it belongs to. */
export interface SortedChange {
  readonly change: PathChange;
  readonly part: RestorePart;
  /** What differs as people see it: the database, the dependency folder, or the path itself. */
  readonly thing: Buffer;
}

/**
 * Tells of each change which part it belongs to. A file with several names is a change at each of them. What moved between
 * parts belongs to the database if it touches one, and else to the files.
 * @param snapshots the folders of the two sides, which nobody changes meanwhile
 */
export async function sortChanges(
  processes: Processes,
  changes: readonly PathChange[],
  snapshots: { readonly from: string; readonly to: string },
  signal: AbortSignal,
): Promise<SortedChange[]> {
  const everywhere = [Buffer.alloc(0)];
  const all = await changesOfPaths(processes, changes, snapshots.to, everywhere, signal);
  const databases = new Databases([snapshots.from, snapshots.to]);
  return inParallel(all, changesAtOnce, async (change) => {
    signal.throwIfAborted();
    const now = await sorted(change.path, change, databases);
    if (!change.from || now.part === "database") return now;
    const before = await sorted(change.from, change, databases);
    return before.part === "dependencies"
      ? now
      : before.part === "database"
        ? before
        : { ...before, thing: now.thing };
  });
}

async function sorted(path: Buffer, change: PathChange, databases: Databases): Promise<SortedChange> {
  const text = path.toString("latin1");
  const folder = dependencyFolderOf(text, change.type === "directory");
  // What is installed may hold databases; they come and go with it.
  if (folder !== null) return { change, part: "dependencies", thing: Buffer.from(folder, "latin1") };
  const database = await databases.at(path);
  if (database) return { change, part: "database", thing: database };
  const isLockfile = isLockfileName(text.slice(text.lastIndexOf("/") + 1)) && change.type !== "directory";
  return { change, part: isLockfile ? "dependencies" : "files", thing: path };
}
