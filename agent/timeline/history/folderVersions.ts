import type { Entries } from "../../catalog/entries.ts";
import type { EntryRow } from "../../catalog/entryRow.ts";
import type { LongCall } from "../../host/longCall.ts";
import type { ChangeSummary } from "../../protocol/change.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { PathChange } from "../../volumes/comparison/compareSnapshots.ts";
import { summarizeChanges } from "../../volumes/comparison/describeChanges.ts";
import type { Comparison } from "../diff.ts";
import type { SnapshotPlaces } from "../snapshotPlaces.ts";
import type { Exclusively, Moments } from "./moments.ts";

/** Moments one after another between which nothing changed at or below a folder. */
export interface FolderVersion {
  readonly oldest: number;
  /** What came with it; null for the oldest that can be looked at. */
  readonly changes: ChangeSummary | null;
}

type Pair = readonly PathChange[] | "no-older" | "no-newer";

/** Finds out, by comparing one moment with the next, what happened at or below a path. */
export class PairComparison {
  readonly #parts: {
    readonly rows: Entries;
    readonly places: SnapshotPlaces;
    readonly comparison: Comparison;
  };
  readonly #moments: Moments;
  readonly #exclusively: Exclusively;
  readonly #call: LongCall;

  constructor(
    parts: { readonly rows: Entries; readonly places: SnapshotPlaces; readonly comparison: Comparison },
    about: { readonly moments: Moments; readonly exclusively: Exclusively; readonly call: LongCall },
  ) {
    this.#parts = parts;
    this.#moments = about.moments;
    this.#exclusively = about.exclusively;
    this.#call = about.call;
  }

  /**
   * What changed between two moments, in the whole volume when there is no path. Says so when the snapshot of one of them is
   * gone, as when retention has taken it meanwhile.
   */
  async changes(older: number, newer: number, path: Buffer | null): Promise<Pair> {
    this.#call.signal.throwIfAborted();
    return this.#exclusively(async (project) => {
      const local = async (moment: number): Promise<EntryRow | undefined> => {
        const known = this.#moments.entry(moment);
        const row = known && this.#parts.rows.find(project.projectId, known.snapshotId);
        if (!row) return undefined;
        try {
          await this.#parts.places.require(project, row.snapshotId);
          return row;
        } catch (thrown) {
          if (thrown instanceof ForkpointError && thrown.code === "SNAPSHOT_NOT_LOCAL") return undefined;
          throw thrown;
        }
      };
      const isNow = this.#moments.entry(newer) === undefined;
      const to = isNow ? null : await local(newer);
      if (to === undefined) return "no-newer";
      const from = await local(older);
      if (!from) return "no-older";
      return this.#parts.comparison.run(project, { from, to, paths: path && [path] }, this.#call);
    });
  }
}

/**
 * The version of a folder that ends with `newest`: goes back from there until something changed at or below it.
 * @param oldest the first of the moments at which the path names a folder
 */
export async function folderVersion(
  pairs: PairComparison,
  path: Buffer,
  { oldest, newest }: { readonly oldest: number; readonly newest: number },
): Promise<FolderVersion> {
  let held = newest;
  for (let older = newest - 1; older >= oldest;) {
    const changes = await pairs.changes(older, held, path);
    if (changes === "no-newer") {
      // Another that holds the same serves as well; without one, the version begins further down.
      if (held < newest) held++;
      else return folderVersion(pairs, path, { oldest, newest: older });
      continue;
    }
    if (changes !== "no-older") {
      if (changes.length > 0) return { oldest: older + 1, changes: summarizeChanges(changes) };
      held = older;
    }
    older--;
  }
  return { oldest, changes: null };
}
