import type { EntryMoment } from "../../catalog/entryRow.ts";
import type { ProjectRow } from "../../catalog/projects.ts";

/** Runs work while nothing else changes the project, on its row as it is then. */
export type Exclusively = <T>(work: (project: ProjectRow) => Promise<T>) => Promise<T>;

/** Longer than the kernel's clock stands still, and than a program takes for one write that is not of gigabytes. */
const marginMs = 2000;

/** The entries of a timeline as they were when a question came, oldest first, and after them the workspace as it stands. */
export class Moments {
  readonly #entries: readonly EntryMoment[];

  constructor(entries: readonly EntryMoment[]) {
    this.#entries = entries;
  }

  /** The entries, and one for now. */
  get count(): number {
    return this.#entries.length + 1;
  }

  /** Undefined for now. */
  entry(moment: number): EntryMoment | undefined {
    return this.#entries[moment];
  }

  /** The newest moment that is no newer than the entry with this seq; -1 when all are. */
  upTo(seq: number): number {
    return this.#entries.findLastIndex((entry) => entry.seq <= seq);
  }

  /** How many of the moments are entries. */
  entriesIn(first: number, last: number): number {
    return Math.max(0, Math.min(last, this.#entries.length - 1) - first + 1);
  }

  /** The moment itself, or for now the newest entry. */
  lastEntry(moment: number): number {
    return Math.min(moment, this.#entries.length - 1);
  }

  /**
   * As in `Sighting`. An entry is registered some time after its snapshot was taken, but the snapshot was taken after the
   * entry before was registered.
   */
  settledBefore(moment: number): bigint {
    const [before, own] = [this.#entries[moment - 1], this.#entries[moment]];
    if (!before) return 0n;
    return BigInt(Math.min(before.createdAt, own?.createdAt ?? before.createdAt) - marginMs) * 1_000_000n;
  }
}
