import type { Entries } from "../../catalog/entries.ts";
import type { LongCall } from "../../host/longCall.ts";
import type { Processes } from "../../host/processes.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { CheckedParams, Result } from "../../protocol/methods.ts";
import { decodeVolumePath } from "../../protocol/volumePath.ts";
import type { Btrfs } from "../../volumes/btrfs.ts";
import type { Comparison } from "../diff.ts";
import type { EntryList } from "../entryList.ts";
import type { SnapshotPlaces } from "../snapshotPlaces.ts";
import { folderVersion, PairComparison } from "./folderVersions.ts";
import type { Exclusively } from "./moments.ts";
import { nameBefore } from "./nameBefore.ts";
import { type Survey, survey } from "./survey.ts";
import type { ThingVersion } from "./things.ts";
import { type HeldVersion, VersionViews } from "./versionViews.ts";

/** A version, and the oldest of the moments in its newest row. */
interface Found {
  readonly held: HeldVersion;
  readonly from: number;
}

/** That there is a version, by its newest moment; what it takes to know it is spent when it is asked for. */
interface Candidate {
  readonly newest: number;
  readonly find: () => Promise<Found>;
}

/** The distinct versions of one path. */
export class PathHistory {
  readonly #parts: {
    readonly rows: Entries;
    readonly places: SnapshotPlaces;
    readonly comparison: Comparison;
    readonly btrfs: Btrfs;
    readonly processes: Processes;
  };
  readonly #views: VersionViews;

  constructor(
    parts: {
      readonly rows: Entries;
      readonly places: SnapshotPlaces;
      readonly comparison: Comparison;
      readonly btrfs: Btrfs;
      readonly processes: Processes;
    },
    entries: EntryList,
  ) {
    this.#parts = parts;
    this.#views = new VersionViews(parts.rows, entries);
  }

  /**
   * Newest first, the workspace as it stands included. What it takes for a file follows how often the file was touched
   * (`untouchedBetween` says why), and the reading of versions that have the same size; for a folder, it is one comparison
   * of two snapshots for each entry down to the end of the page, since nothing in a folder tells of changes further
   * below. Others get their turn between two comparisons.
   * @throws ForkpointError PATH_NOT_FOUND, PATH_OUTSIDE_VOLUME, FILES_UNREADABLE, SNAPSHOT_NOT_FOUND, NEEDS_ROOT, CANCELLED
   */
  async of(
    { path: text, limit, from }: Omit<CheckedParams<"timeline/history">, "project">,
    exclusively: Exclusively,
    call: LongCall,
  ): Promise<Result<"timeline/history">> {
    const path = decodeVolumePath(text);
    const { known, begin } = await exclusively(async (project) => {
      const seq = from === undefined ? Infinity : this.#parts.rows.seqOf(project.projectId, from);
      if (seq === undefined) {
        throw new ForkpointError("SNAPSHOT_NOT_FOUND", `There is no snapshot ${JSON.stringify(from)}.`);
      }
      const result = await survey(this.#parts, project, path, call.signal);
      const { moments } = result;
      return { known: result, begin: from === undefined ? moments.count - 1 : moments.upTo(seq) };
    });
    const { moments, uncompared, unknown, looks } = known;
    const pairs = new PairComparison(this.#parts, { moments, exclusively, call });
    const versions: Result<"timeline/history">["versions"] = [];
    let next: number | null = null;
    for (const { newest, find } of candidates(known, path, begin, pairs)) {
      if (versions.length === limit) {
        next = newest;
        break;
      }
      const { held, from: oldest } = await find();
      const came = cameFromNothing(known, oldest)
        ? await nameBefore(pairs, { path, thing: held.thing, come: oldest, moments })
        : null;
      const view = await exclusively((project) =>
        this.#views.view(project, moments, { ...held, from: came }),
      );
      if (view) versions.push(view);
    }
    return {
      versions,
      next: next === null ? null : (moments.entry(next)?.snapshotId ?? null),
      ...{ unknown, uncompared, looks },
    };
  }
}

/** The versions whose newest moment is not newer than `begin`. Each has to be found before the next is asked for. */
function* candidates(
  { moments, segments, things }: Survey,
  path: Buffer,
  begin: number,
  pairs: PairComparison,
): Generator<Candidate> {
  for (const [at, segment] of segments.entries()) {
    const { first, last, thing } = segment;
    const newer = segments[at - 1];
    const gone = newer?.kind === "nothing" ? newer.first : null;
    const version = things.get(segment);
    if (version && thing && last <= begin) {
      const oldest = version.segments.at(-1)?.first ?? first;
      const entries = version.segments.reduce(
        (sum, each) => sum + moments.entriesIn(each.first, each.last),
        0,
      );
      const withEntries = version.segments.find((each) => moments.entriesIn(each.first, each.last) > 0);
      const newestEntry = withEntries ? moments.lastEntry(withEntries.last) : null;
      const own = { thing, newest: last, newestEntry, oldest, entries, times: version.times };
      const held = { ...own, goneAt: gone, from: null, changes: null };
      yield { newest: last, find: () => Promise.resolve({ held, from: rowStart(segments, at, version) }) };
    }
    if (segment.kind !== "folder" || !thing) continue;
    let top = Math.min(last, begin);
    const find = async (): Promise<Found> => {
      const newest = top;
      const { oldest, changes } = await folderVersion(pairs, path, { oldest: first, newest });
      top = oldest - 1;
      const entries = moments.entriesIn(oldest, newest);
      const newestEntry = entries > 0 ? moments.lastEntry(newest) : null;
      const own = { thing, newest, newestEntry, oldest, entries, times: 1, changes };
      return { held: { ...own, goneAt: newest === last ? gone : null, from: null }, from: oldest };
    };
    while (top >= first) yield { newest: top, find };
  }
}

/** The first moment of the version's newest row: segments next to one another may hold the same. */
function rowStart(segments: Survey["segments"], at: number, version: ThingVersion): number {
  let row = 0;
  while (version.segments[row + 1] && version.segments[row + 1] === segments[at + row + 1]) row++;
  return version.segments[row]?.first ?? 0;
}

function cameFromNothing({ segments }: Survey, moment: number): boolean {
  const at = segments.findIndex(({ first }) => first === moment);
  return at !== -1 && segments[at + 1]?.kind === "nothing" && segments[at + 1]?.last === moment - 1;
}
