import type { Thing } from "./contents.ts";
import type { Run } from "./runs.ts";

/** Moments one after another at which a path named nothing, a folder, or one unchanged thing that is no folder. */
export interface Segment {
  readonly kind: "nothing" | "folder" | "thing";
  first: number;
  readonly last: number;
  /** What was seen at the newest; null for nothing. */
  readonly thing: Thing | null;
}

/**
 * Runs as segments, newest first. Folders one after another are one segment, whether it is the same folder or not: only
 * a comparison tells what changed below them. Moments that cannot be looked at leave no trace.
 * @param pathAt the absolute path at a moment
 */
export function segmentsOf(runs: readonly Run[], pathAt: (moment: number) => Buffer): Segment[] {
  const segments: Segment[] = [];
  for (const { first, last, sighting } of runs.toReversed()) {
    // What another file system hides may be there all the same.
    if (!sighting || sighting.trail.blockedBy === "mount") continue;
    const { found } = sighting.trail;
    const kind = !found ? "nothing" : found.isDirectory() ? "folder" : "thing";
    const newer = segments.at(-1);
    if (newer && newer.kind === kind && kind !== "thing") newer.first = first;
    else segments.push({ kind, first, last, thing: found && { path: pathAt(first), stat: found } });
  }
  return segments;
}
