import type { Change, Entry, Project } from "../../protocol/entities.ts";
import { decodeVolumePath, encodeVolumePath } from "../../protocol/volumePath.ts";
import { oneLine } from "../oneLine.ts";
import { plural } from "../wording.ts";

const pathsShown = 10;

/** The paths as the agent writes them. @throws ForkpointError PATH_OUTSIDE_VOLUME */
export function plainPaths(paths: readonly string[]): string[] {
  return paths.map((path) => encodeVolumePath(decodeVolumePath(path)));
}

/** The changes that a restore of these paths touches; a rename counts at either of its ends. */
export function changesWithin(changes: readonly Change[], paths: readonly string[]): Change[] {
  const touches = (path: string) =>
    paths.some((root) => path === root || path.startsWith(`${root}/`) || root.startsWith(`${path}/`));
  return changes.filter(({ path, from }) => touches(path) || (from !== undefined && touches(from)));
}

/**
 * What a person reads before a restore.
 * @param changes from the entry to now, so that what was added since is removed again
 * @param truncated whether there are more of them
 */
export function restoreQuestion(
  { slug }: Project,
  { snapshotId, label, createdAt }: Entry,
  {
    changes,
    paths,
    truncated,
  }: { changes: readonly Change[]; paths: readonly string[] | undefined; truncated: boolean },
): string {
  const name = label === null ? snapshotId : `${snapshotId} (${oneLine(label)})`;
  const what = paths === undefined ? `all of ${slug}` : `${paths.map(oneLine).join(", ")} in ${slug}`;
  const of = (...kinds: readonly Change["kind"][]) => changes.filter(({ kind }) => kinds.includes(kind));
  const removed = of("added");
  const changed = of("modified", "renamed", "metadata");
  const back = of("removed");
  const atLeast = truncated ? "at least " : "";
  const counts = [
    `${atLeast}${plural(changed.length, "path")} will change`,
    `${atLeast}${removed.length} will be removed`,
    `${atLeast}${back.length} will come back`,
  ].join(", ");
  return [
    `Restore ${what} to the snapshot ${name} of ${createdAt}?`,
    `${counts}.`,
    ...named("Change", changed),
    ...named("Remove", removed),
    "What is there now is kept as a snapshot first, so that `forkpoint undo` can bring it back.",
  ].join("\n");
}

function named(title: string, changes: readonly Change[]): string[] {
  const shown = changes.slice(0, pathsShown).map(({ path }) => oneLine(path));
  if (shown.length === 0) return [];
  const rest = changes.length - shown.length;
  return [`${title}: ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`];
}
