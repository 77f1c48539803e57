import type { Entries } from "../../catalog/entries.ts";
import type { LongCall } from "../../host/longCall.ts";
import type { Processes } from "../../host/processes.ts";
import type { CheckedParams, Result } from "../../protocol/methods.ts";
import { decodeVolumePath } from "../../protocol/volumePath.ts";
import type { Btrfs } from "../../volumes/btrfs.ts";
import type { Comparison } from "../diff.ts";
import type { SnapshotPlaces } from "../snapshotPlaces.ts";
import { folderVersion, PairComparison } from "./folderVersions.ts";
import type { Exclusively } from "./moments.ts";
import type { Segment } from "./segments.ts";
import { type Survey, survey } from "./survey.ts";

/** The entries that changed one path. */
export class PathTouches {
  readonly #parts: {
    readonly rows: Entries;
    readonly places: SnapshotPlaces;
    readonly comparison: Comparison;
    readonly btrfs: Btrfs;
    readonly processes: Processes;
  };

  constructor(parts: {
    readonly rows: Entries;
    readonly places: SnapshotPlaces;
    readonly comparison: Comparison;
    readonly btrfs: Btrfs;
    readonly processes: Processes;
  }) {
    this.#parts = parts;
  }

  /**
   * Newest first: the entries in which the path is not what it was in the one before. What it takes for a file follows how
   * often the file was touched; for a folder, it is one comparison for each version of it and each entry in between, of which
   * no more are begun after `mostEntries`. Others get their turn between two comparisons.
   * @throws ForkpointError as `PathHistory.of`
   */
  async of(
    { path: text, mostEntries }: Omit<CheckedParams<"timeline/touching">, "project">,
    exclusively: Exclusively,
    call: LongCall,
  ): Promise<Result<"timeline/touching">> {
    const path = decodeVolumePath(text);
    const known = await exclusively((project) => survey(this.#parts, project, path, call.signal));
    const { moments, segments, unknown } = known;
    const pairs = new PairComparison(this.#parts, { moments, exclusively, call });
    const touched: number[] = [];
    let left = mostEntries;
    let complete = true;
    for (const [at, segment] of segments.entries()) {
      for (let newest = segment.last; segment.kind === "folder" && newest > segment.first;) {
        if (left <= 0) {
          complete = false;
          break;
        }
        const { oldest } = await folderVersion(pairs, path, { oldest: segment.first, newest });
        left -= newest - oldest + 1;
        if (oldest > segment.first) touched.push(oldest);
        newest = oldest - 1;
      }
      if (isChange(known, at)) touched.push(segment.first);
    }
    const ids = touched.map((moment) => moments.entry(moment)?.snapshotId).filter((id) => id !== undefined);
    return { snapshotIds: ids, unknown, complete };
  }
}

/** Whether a segment begins with another thing than the older one next to it ends with. */
function isChange({ segments, things }: Survey, at: number): boolean {
  const [segment, older] = [segments[at], segments[at + 1]];
  if (!segment) return false;
  if (!older) return segment.kind !== "nothing";
  if (segment.kind !== "thing" || older.kind !== "thing") return true;
  const versionOf = (wanted: Segment) =>
    [...things.values()].find(({ segments: held }) => held.includes(wanted));
  return versionOf(segment) !== versionOf(older);
}
