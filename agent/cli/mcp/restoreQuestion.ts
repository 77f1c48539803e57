import type { Change } from "../../protocol/change.ts";
import type { Project } from "../../protocol/project.ts";
import type { Result } from "../../protocol/methods.ts";
import { type RestorePart, restoreParts } from "../../protocol/restoreParts.ts";
import { decodeVolumePath, encodeVolumePath } from "../../protocol/volumePath.ts";
import { oneLine } from "../oneLine.ts";
import { plural } from "../wording.ts";

const pathsShown = 10;

/** What of a workspace is to be restored; all of it where neither is named. */
export interface RestoreScope {
  readonly paths?: string[];
  readonly parts?: RestorePart[];
}

/** The paths as the agent writes them. @throws ForkpointError PATH_OUTSIDE_VOLUME */
export function plainPaths(paths: readonly string[]): string[] {
  return paths.map((path) => encodeVolumePath(decodeVolumePath(path)));
}

/** What a person reads before a restore. */
export function restoreQuestion(
  { slug }: Pick<Project, "slug">,
  { target, changes, summary }: Pick<Result<"timeline/preview">, "target" | "changes" | "summary">,
  scope: RestoreScope,
): string {
  const { snapshotId, label, createdAt } = target;
  const name = label === null ? snapshotId : `${snapshotId} (${oneLine(label)})`;
  const of = (...kinds: readonly Change["kind"][]) => changes.filter(({ kind }) => kinds.includes(kind));
  const counts = [
    `${plural(summary.modified + summary.renamed + summary.metadata, "path")} will change`,
    `${summary.removed} will be removed`,
    `${summary.added} will come back`,
  ].join(", ");
  return [
    `Restore ${scopeText(scope, slug)} to the snapshot ${name} of ${createdAt}?`,
    `${counts}.`,
    ...named("Change", of("modified", "renamed", "metadata")),
    ...named("Remove", of("removed")),
    "What is there now is kept as a snapshot first, so that `forkpoint undo` can bring it back.",
  ].join("\n");
}

/** "all of shop", "files and dependencies of shop, but not its database", "src, package.json in shop" */
function scopeText({ paths, parts }: RestoreScope, slug: string): string {
  if (paths) return `${paths.map(oneLine).join(", ")} in ${slug}`;
  const wanted = restoreParts.filter((part) => parts?.includes(part) ?? true);
  const left = restoreParts.filter((part) => !wanted.includes(part));
  if (left.length === 0) return `all of ${slug}`;
  return `${wanted.join(" and ")} of ${slug}, but not its ${left.join(" and ")},`;
}

/** Under the names that the paths have now. */
function named(title: string, changes: readonly Change[]): string[] {
  const shown = changes.slice(0, pathsShown).map(({ path, from }) => oneLine(from ?? path));
  if (shown.length === 0) return [];
  const rest = changes.length - shown.length;
  return [`${title}: ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`];
}
