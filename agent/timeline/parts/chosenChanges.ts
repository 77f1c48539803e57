import { readdir } from "node:fs/promises";
import { ForkpointError } from "../../protocol/errors.ts";
import type { RestorePart } from "../../protocol/restoreParts.ts";
import { encodeVolumePath } from "../../protocol/volumePath.ts";
import { isWithin, joinBytes, parentOf } from "../../volumes/bytePaths.ts";
import type { PathChange } from "../../volumes/comparison/compareSnapshots.ts";
import { PathSet } from "../../volumes/inPlace/plan.ts";
import { Databases } from "./databases.ts";
import type { SortedChange } from "./sortedChanges.ts";

export interface ChosenChanges {
  readonly changes: readonly PathChange[];
  /** A restore of these paths brings back what was chosen and nothing else. */
  readonly paths: readonly Buffer[];
}

/**
 * The changes in some parts of the workspace, and the paths to restore for them. A folder that holds changes which stay is
 * itself left as it is.
 * @param snapshots the folders of the two sides, which nobody changes meanwhile
 * @throws ForkpointError PARTS_TANGLED when a folder was renamed along with what is to stay
 */
export async function chosenChanges(
  sorted: readonly SortedChange[],
  parts: readonly RestorePart[],
  snapshots: { readonly from: string; readonly to: string },
): Promise<ChosenChanges> {
  const staying = sorted.filter(({ part }) => !parts.includes(part));
  const above = new PathSet();
  for (const { change } of staying) {
    for (const path of pathsOf(change)) {
      for (let at = parentOf(path); at.length > 0 && above.add(at); at = parentOf(at));
    }
  }
  const databases = parts.includes("database") ? null : new Databases([snapshots.from, snapshots.to]);
  const changes: PathChange[] = [];
  const paths = new PathSet();
  for (const { change, part, thing } of sorted) {
    if (!parts.includes(part)) continue;
    const own = pathsOf(change);
    if (change.from && change.type === "directory") await refuseTangled(change, above, databases, snapshots);
    if (own.some((path) => above.has(path))) continue;
    changes.push(change);
    if (part === "dependencies" && own.every((path) => isWithin(path, thing))) paths.add(thing);
    else for (const path of own) paths.add(path);
  }
  return { changes, paths: [...paths] };
}

function pathsOf({ path, from }: PathChange): Buffer[] {
  return from ? [path, from] : [path];
}

async function refuseTangled(
  change: PathChange,
  above: PathSet,
  databases: Databases | null,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const tangled =
    pathsOf(change).some((path) => above.has(path)) ||
    (databases !== null &&
      ((await holdsDatabase(to, change.path, databases)) ||
        (await holdsDatabase(from, change.from ?? change.path, databases))));
  if (!tangled) return;
  const [now, before] = pathsOf(change).map(encodeVolumePath);
  throw new ForkpointError(
    "PARTS_TANGLED",
    `The folder ${before ?? ""} would become ${now ?? ""}, and what is to stay as it is lies in it.`,
  );
}

async function holdsDatabase(root: string, folder: Buffer, databases: Databases): Promise<boolean> {
  if (await databases.at(folder)) return true;
  const entries = await readdir(joinBytes(Buffer.from(root), folder), {
    encoding: "buffer",
    withFileTypes: true,
  });
  for (const entry of entries) {
    const path = joinBytes(folder, entry.name);
    const found = entry.isDirectory()
      ? await holdsDatabase(root, path, databases)
      : entry.isFile() && (await databases.at(path)) !== null;
    if (found) return true;
  }
  return false;
}
