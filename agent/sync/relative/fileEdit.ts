import type { Segment } from "../../repository/contentFormat.ts";
import type { Digest } from "../../repository/digest.ts";

/** A run of bytes that a file is to get. */
export interface Run {
  readonly offset: number;
  readonly length: number;
  readonly chunk: Digest;
}

/** How a file comes to its content. All numbers are bytes. */
export interface FileEdit {
  /** Byte string, relative to the snapshot. */
  readonly path: string;
  /** Cut to so many bytes first, unless null. What lies below is kept where no run covers it. */
  readonly cut: number | null;
  readonly runs: readonly Run[];
  /** How much of the file stays while it is written to: beyond, it reads as zeros. */
  readonly kept: number;
  readonly size: number;
}

/**
 * How a file that holds `from` comes to hold `to`. A chunk that is in its place stays there; so do holes. Since a
 * stream can make no hole where bytes are, such a file is cut there and what follows is written again.
 */
export function editOf(path: string, from: readonly Segment[], to: readonly Segment[]): FileEdit {
  const [oldSize, size] = [lengthOf(from), lengthOf(to)];
  const kept = Math.min(firstNewHole(from, to), oldSize, size);
  const inPlace = new Map<number, Segment>();
  for (const { offset, segment } of placed(from)) inPlace.set(offset, segment);
  const runs: Run[] = [];
  for (const { offset, segment } of placed(to)) {
    const { chunk, length } = segment;
    if (chunk === null) continue;
    const isThere = offset + length <= kept && inPlace.get(offset)?.chunk === chunk;
    if (!isThere) runs.push({ offset, length, chunk });
  }
  return { path, cut: kept < oldSize ? kept : null, runs, kept, size };
}

/** Where `to` first has a hole and `from` has bytes. */
function firstNewHole(from: readonly Segment[], to: readonly Segment[]): number {
  const chunks = placed(from).filter(({ segment }) => segment.chunk !== null);
  let at = 0;
  for (const { offset, segment } of placed(to)) {
    if (segment.chunk !== null) continue;
    const end = offset + segment.length;
    for (let next = chunks[at]; next && next.offset < end; next = chunks[++at]) {
      if (next.offset + next.segment.length > offset) return Math.max(next.offset, offset);
    }
  }
  return Infinity;
}

function placed(segments: readonly Segment[]): { offset: number; segment: Segment }[] {
  let offset = 0;
  return segments.map((segment) => {
    const at = offset;
    offset += segment.length;
    return { offset: at, segment };
  });
}

function lengthOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { length }) => sum + length, 0);
}
