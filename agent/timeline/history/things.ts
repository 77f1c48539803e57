import type { Contents } from "./contents.ts";
import type { Segment } from "./segments.ts";

/** A version of what is no folder: the segments that hold the same, newest first. */
export interface ThingVersion {
  readonly newest: Segment;
  /** All that hold it. */
  readonly segments: Segment[];
  times: number;
}

/**
 * Puts segments together that hold the same, wherever they are: what a restore brought back is the version it was.
 * @param segments newest first
 * @returns the versions by their newest segment, and how many could not be compared
 */
export async function thingVersions(
  segments: readonly Segment[],
  contents: Contents,
): Promise<{ readonly versions: ReadonlyMap<Segment, ThingVersion>; readonly uncompared: number }> {
  const versions = new Map<Segment, ThingVersion>();
  const byOutline = new Map<string, ThingVersion[]>();
  let uncompared = 0;
  let newer: ThingVersion | undefined;
  for (const segment of segments) {
    const { kind, thing } = segment;
    if (kind !== "thing" || !thing) {
      newer = undefined;
      continue;
    }
    const outline = await contents.outline(thing);
    const alike = (outline === null ? undefined : byOutline.get(outline)) ?? [];
    let version: ThingVersion | undefined;
    let isSure = outline !== null;
    for (const each of alike) {
      const same = each.newest.thing && (await contents.same(each.newest.thing, thing));
      if (same === null) isSure = false;
      if (same) version = each;
    }
    if (version) {
      if (version !== newer) version.times++;
      version.segments.push(segment);
    } else {
      if (!isSure) uncompared++;
      version = { newest: segment, segments: [segment], times: 1 };
      versions.set(segment, version);
      if (outline !== null) byOutline.set(outline, [...alike, version]);
    }
    newer = version;
  }
  return { versions, uncompared };
}
