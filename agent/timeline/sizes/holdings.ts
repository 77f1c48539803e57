import type { ExtentChange } from "../../volumes/extents/extentChanges.ts";
import type { Extent } from "../../volumes/extents/readExtents.ts";

/** Snapshots of one volume in the order in which they were taken, and what is known of what they hold on the disk. */
export interface Chain {
  readonly length: number;
  /** At `at`: what snapshot `at` holds more or less than snapshot `at - 1`; null when that is not known. */
  readonly changes: readonly (readonly ExtentChange[] | null)[];
  /** Snapshots all of whose content something else holds as well, such as a fork. */
  readonly sharedAt: ReadonlySet<number>;
  /** Whether something else holds what the first one held from the beginning. */
  readonly sharedBase: boolean;
}

interface Event extends Extent {
  readonly at: number;
  readonly by: number;
}

/** Bytes that exactly these snapshots hold, by their places in the chain. */
interface Holding {
  readonly holders: readonly number[];
  /** Whether somebody else holds them too, or may. */
  readonly shared: boolean;
  bytes: number;
}

/**
 * Which snapshots share what. Extents that no known step touched are held by all, and by the volume as it stands: they are
 * not looked at. What the last snapshot holds counts as held by the volume, which grew from it.
 */
export class Holdings {
  readonly #holdings = new Map<string, Holding>();

  constructor(chain: Chain) {
    const events = chain.changes.flatMap((changes, at) => (changes ?? []).map((each) => ({ ...each, at })));
    events.sort((a, b) => a.start - b.start || a.at - b.at);
    for (let from = 0; from < events.length;) {
      const to = endOfCluster(events, from);
      this.#add(chain, events.slice(from, to), events[to]?.start ?? Infinity);
      from = to;
    }
  }

  /**
   * Bytes that become free when the snapshots of `gone` go, besides what becomes free without them.
   * @param going those that go anyway
   */
  freedBy(gone: ReadonlySet<number>, going: ReadonlySet<number>): { bytes: number; more: boolean } {
    let bytes = 0;
    let more = false;
    for (const { holders, shared, bytes: held } of this.#holdings.values()) {
      if (!holders.some((at) => gone.has(at))) continue;
      if (!holders.every((at) => gone.has(at) || going.has(at))) continue;
      if (holders.every((at) => going.has(at))) continue;
      if (shared) more = true;
      else bytes += held;
    }
    return { bytes, more };
  }

  #add(chain: Chain, cluster: readonly Event[], next: number): void {
    const holders = new Set<number>();
    let shared = false;
    for (let from = 0; from < cluster.length;) {
      const { start } = cluster[from] ?? { start: 0 };
      let to = from;
      while (cluster[to]?.start === start) to++;
      if (this.#hold(chain, cluster.slice(from, to), holders)) shared = true;
      from = to;
    }
    if (holders.size === 0 || holders.has(chain.length - 1)) return;
    if ([...holders].some((at) => chain.sharedAt.has(at))) shared = true;
    const sorted = [...holders].sort((a, b) => a - b);
    const key = `${sorted.join(" ")}${shared ? " +" : ""}`;
    const known = this.#holdings.get(key) ?? { holders: sorted, shared, bytes: 0 };
    known.bytes += sizeOf(cluster, next);
    this.#holdings.set(key, known);
  }

  /** Adds those who hold one extent. @returns whether somebody outside may hold it too */
  #hold(chain: Chain, events: readonly Event[], holders: Set<number>): boolean {
    const steps = new Map<number, number>();
    for (const { at, by } of events) steps.set(at, (steps.get(at) ?? 0) + by);
    let shared = false;
    // Where a step is not known, nothing that lies before tells about what lies behind.
    for (let first = 0; first < chain.length;) {
      let end = first + 1;
      while (end < chain.length && chain.changes[end] !== null) end++;
      let count = 0;
      let least = 0;
      for (let at = first + 1; at < end; at++) {
        count += steps.get(at) ?? 0;
        least = Math.min(least, count);
      }
      const base = -least;
      if (base > 0 && (first > 0 || chain.sharedBase)) shared = true;
      count = base;
      for (let at = first; at < end; at++) {
        if (at > first) count += steps.get(at) ?? 0;
        if (count > 0) holders.add(at);
      }
      if (count > 0 && end < chain.length) shared = true;
      first = end;
    }
    return shared;
  }
}

/** Pieces that overlap are parts of one extent, which the disk keeps whole as long as anybody holds a part. */
function endOfCluster(events: readonly Event[], from: number): number {
  const first = events[from];
  if (!first) return from;
  let end = first.loose ? first.start + 1 : first.start + first.length;
  let at = from + 1;
  for (let next = events[at]; next && next.start < end; next = events[++at]) {
    if (next.loose !== first.loose) break;
    if (!next.loose) end = Math.max(end, next.start + next.length);
  }
  return at;
}

/** Of what is compressed only the beginning is known for certain; it cannot reach into the next extent. */
function sizeOf(cluster: readonly Event[], next: number): number {
  const start = cluster[0]?.start ?? 0;
  const end = cluster.reduce((latest, each) => Math.max(latest, each.start + each.length), start);
  return cluster[0]?.loose ? Math.min(end, next) - start : end - start;
}
