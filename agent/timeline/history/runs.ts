import { type Sighting, untouchedBetween } from "./trail.ts";

/** Moments, one after another, at which a path surely named the same; by their place in the timeline. */
export interface Run {
  readonly first: number;
  readonly last: number;
  /** What was seen at the first of them; null where that moment cannot be looked at. */
  readonly sighting: Sighting | null;
}

/**
 * Cuts `count` moments, oldest first, into runs. Looks at both ends and then only where they do not prove that nothing
 * happened in between, halving each time: for n moments and t of them that touched the path that makes about t · log n looks.
 * It looks at more of them only where two folders above one another, on the way to the path, both gain or lose names.
 * @param look tells what is there at a moment; null when that cannot be told
 */
export async function runsOf(
  count: number,
  look: (at: number) => Promise<Sighting | null>,
  signal: AbortSignal,
): Promise<{ readonly runs: Run[]; readonly looks: number }> {
  const seen = new Map<number, Sighting | null>();
  const at = async (moment: number) => {
    let sighting = seen.get(moment);
    if (sighting === undefined) {
      signal.throwIfAborted();
      sighting = await look(moment);
      seen.set(moment, sighting);
    }
    return sighting;
  };
  const cut = async (first: number, last: number): Promise<Run[]> => {
    const [older, newer] = [await at(first), await at(last)];
    if (first === last) return [{ first, last, sighting: older }];
    if (older && newer && untouchedBetween(older, newer)) return [{ first, last, sighting: older }];
    if (last - first === 1) {
      return [
        { first, last: first, sighting: older },
        { first: last, last, sighting: newer },
      ];
    }
    const middle = Math.floor((first + last) / 2);
    const left = await cut(first, middle);
    const right = await cut(middle, last);
    // The moment in the middle ends one side and begins the other.
    const [begun, ended] = [left.pop(), right.shift()];
    if (begun && ended) left.push({ ...begun, last: ended.last });
    return [...left, ...right];
  };
  const runs = count === 0 ? [] : await cut(0, count - 1);
  return { runs, looks: seen.size };
}
