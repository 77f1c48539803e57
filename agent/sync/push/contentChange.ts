import { holeBlockBytes } from "../../repository/contentFormat.ts";

/** What a stream said about the bytes of a file; the bytes themselves are read from the snapshot. */
export interface ContentChange {
  size: number;
  /** The first so many bytes of the base's content are as they were, outside `blocks`. */
  validBytes: number;
  /** Blocks that were written to: [first, end, first, end, …], in the order they were named. */
  readonly blocks: number[];
}

/** Records that bytes were written, or may have been. Offsets and lengths are bytes. */
export function markWritten(change: ContentChange, offset: number, length: number): void {
  if (length <= 0) return;
  // A write past the end makes the file longer; no truncation need follow.
  change.size = Math.max(change.size, offset + length);
  const first = Math.floor(offset / holeBlockBytes);
  const end = Math.ceil((offset + length) / holeBlockBytes);
  const { blocks } = change;
  const lastEnd = blocks.at(-1);
  const lastFirst = blocks.at(-2);
  // A stream names the extents of a file in order, so neighbours nearly always meet.
  if (lastEnd !== undefined && lastFirst !== undefined && first >= lastFirst && first <= lastEnd) {
    blocks[blocks.length - 1] = Math.max(lastEnd, end);
  } else blocks.push(first, end);
}

export function markTruncated(change: ContentChange, size: number): void {
  change.size = size;
  change.validBytes = Math.min(change.validBytes, size);
}

/**
 * What must be read, as [from, to) in bytes, in order, clear of each other and within the file.
 * @param kept how many of the base's first bytes are still the file's
 */
export function touchedRanges(
  { size, blocks }: ContentChange,
  kept: number,
  baseSize: number,
): [number, number][] {
  const all: [number, number][] = [];
  for (let at = 0; at + 1 < blocks.length; at += 2) all.push([blocks[at] ?? 0, blocks[at + 1] ?? 0]);
  // Where the kept bytes stop inside a block, that block is part old, part new.
  if (kept % holeBlockBytes !== 0 && !(kept === size && kept === baseSize)) {
    const block = Math.floor(kept / holeBlockBytes);
    all.push([block, block + 1]);
  }
  const merged: [number, number][] = [];
  for (const [first, end] of all.toSorted((a, b) => a[0] - b[0])) {
    const from = first * holeBlockBytes;
    const to = Math.min(end * holeBlockBytes, size);
    if (from >= to) continue;
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}
