import type { Run } from "../../../repository/contentFormat.ts";
import type { Digest } from "../../../repository/digest.ts";

/** Bytes that a file is to get: `length` of the chunk's from `from` on, at `offset` in the file. */
export interface NewBytes {
  readonly offset: number;
  readonly length: number;
  readonly chunk: Digest;
  readonly from: number;
}

/** How a file comes to its content. All numbers are bytes. */
export interface FileEdit {
  /** Byte string, relative to the snapshot. */
  readonly path: string;
  /** Cut to so many bytes first, unless null. What lies below is kept where no run covers it. */
  readonly cut: number | null;
  readonly runs: readonly NewBytes[];
  /** How much of the file stays while it is written to: beyond, it reads as zeros. */
  readonly kept: number;
  readonly size: number;
}

/**
 * How a file that holds `from` comes to hold `to`. A chunk that is in its place stays there; so do holes. Since a
 * stream can make no hole where bytes are, such a file is cut there and what follows is written again.
 */
export function editOf(path: string, from: readonly Run[], to: readonly Run[]): FileEdit {
  const [oldSize, size] = [lengthOf(from), lengthOf(to)];
  const kept = Math.min(firstNewHole(from, to), oldSize, size);
  const inPlace = new Map<number, Run>();
  for (const { offset, segment } of placed(from)) inPlace.set(offset, segment);
  const runs: NewBytes[] = [];
  for (const { offset, segment } of placed(to)) {
    const { chunk, length, from: begin } = segment;
    if (chunk === null) continue;
    const there = inPlace.get(offset);
    const isSame = there?.chunk === chunk && there.from === begin && there.length === length;
    if (!isSame || offset + length > kept) runs.push({ offset, length, chunk, from: begin });
  }
  return { path, cut: kept < oldSize ? kept : null, runs, kept, size };
}

/** Where `to` first has a hole and `from` has bytes. */
function firstNewHole(from: readonly Run[], to: readonly Run[]): number {
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

function placed(segments: readonly Run[]): { offset: number; segment: Run }[] {
  let offset = 0;
  return segments.map((segment) => {
    const at = offset;
    offset += segment.length;
    return { offset: at, segment };
  });
}

function lengthOf(segments: readonly Run[]): number {
  return segments.reduce((sum, { length }) => sum + length, 0);
}
