import type { Entries } from "../../catalog/entries.ts";
import type { ProjectRow } from "../../catalog/projects.ts";
import type { ChangeSummary } from "../../protocol/change.ts";
import type { Entry } from "../../protocol/entry.ts";
import type { PathVersion } from "../../protocol/pathHistory.ts";
import { encodeVolumePath } from "../../protocol/volumePath.ts";
import { typeOf } from "../../volumes/comparison/namespace.ts";
import type { EntryList } from "../entryList.ts";
import { targetOf, type Thing } from "./contents.ts";
import type { Moments } from "./moments.ts";

/** A version by the moments that hold it. */
export interface HeldVersion {
  readonly thing: Thing;
  readonly newest: number;
  /** The newest entry that holds it, by its moment; null when only the workspace does. */
  readonly newestEntry: number | null;
  readonly oldest: number;
  /** How many entries hold it. */
  readonly entries: number;
  readonly times: number;
  /** The first moment right after it, when the path then named nothing. */
  readonly goneAt: number | null;
  readonly from: Buffer | null;
  readonly changes: ChangeSummary | null;
}

/** Versions as clients see them. */
export class VersionViews {
  readonly #rows: Entries;
  readonly #entries: EntryList;

  constructor(rows: Entries, entries: EntryList) {
    this.#rows = rows;
    this.#entries = entries;
  }

  /** Null when all that held it has gone meanwhile. */
  async view(project: ProjectRow, moments: Moments, held: HeldVersion): Promise<PathVersion | null> {
    const { thing, newest, oldest, goneAt, from } = held;
    const { stat } = thing;
    const entry = (moment: number | null): Entry | null => {
      const known = moment === null ? undefined : moments.entry(moment);
      const row = known && this.#rows.find(project.projectId, known.snapshotId);
      return row ? this.#entries.view(row) : null;
    };
    const now = moments.entry(newest) === undefined;
    const oldestHeld = held.newestEntry === null ? null : entry(oldest);
    const last = entry(held.newestEntry) ?? oldestHeld;
    const first = oldestHeld ?? last;
    if (!last && !now) return null;
    const target = stat.isSymbolicLink() ? encodeVolumePath(await targetOf(thing)) : null;
    return {
      kind: typeOf(stat),
      size: stat.isFile() ? Number(stat.size) : null,
      modifiedAt: new Date(Number(stat.mtimeNs / 1_000_000n)).toISOString(),
      mode: Number(stat.mode) & 0o7777,
      target,
      first,
      last,
      entries: held.entries,
      times: held.times,
      now,
      gone: goneAt !== null,
      goneIn: entry(goneAt),
      from: from && encodeVolumePath(from),
      changes: held.changes,
    };
  }
}
