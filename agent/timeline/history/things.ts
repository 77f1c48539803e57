import type { Contents, Thing } from "./contents.ts";
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
  const sizes = new Map<string, number>();
  for (const { kind, thing } of segments) {
    if (kind === "thing" && thing) sizes.set(sizeOf(thing), (sizes.get(sizeOf(thing)) ?? 0) + 1);
  }
  let uncompared = 0;
  let newer: ThingVersion | undefined;
  for (const segment of segments) {
    const { kind, thing } = segment;
    if (kind !== "thing" || !thing) {
      newer = undefined;
      continue;
    }
    const outline = (sizes.get(sizeOf(thing)) ?? 0) > 1 ? await contents.outline(thing) : sizeOf(thing);
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

/** What things that are the same have in common, and nobody has to read. */
function sizeOf({ stat }: Thing): string {
  return `${stat.mode} ${stat.size}`;
}
