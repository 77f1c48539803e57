import {
  appendSegment,
  blockBytes,
  encodeList,
  segmentsPerList,
  type Content,
  type ListRef,
  type Segment,
} from "../repository/contentFormat.ts";
import type { PackWriter } from "../repository/packWriter.ts";
import type { ContentChange } from "./nodes.ts";

/** Bytes of the file as the snapshot has it now. */
export interface FileSource {
  /** Exactly `length` bytes from `offset`, in a buffer that is the caller's until it is released. */
  read(offset: number, length: number): Buffer;
  release(bytes: Buffer): void;
}

const zeros = Buffer.alloc(blockBytes);

/** Records that bytes were written, or may have been. Offsets and lengths are bytes. */
export function markWritten(change: ContentChange, offset: number, length: number): void {
  if (length <= 0) return;
  // A write past the end makes the file longer; no truncation need follow.
  change.size = Math.max(change.size, offset + length);
  const first = Math.floor(offset / blockBytes);
  const end = Math.ceil((offset + length) / blockBytes);
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
 * The content of a changed file. Blocks that no command touched keep their chunks; the others are read.
 * A block of zeros becomes a hole, whether or not it occupies space: so the result depends on the bytes
 * of the file alone.
 */
export async function buildContent(
  base: { readonly size: number; readonly segments: readonly Segment[] },
  change: ContentChange,
  source: FileSource,
  packs: PackWriter,
  pace: () => Promise<void> | undefined,
): Promise<Content> {
  const { size } = change;
  const kept = isAligned(base) ? Math.min(change.validBytes, base.size, size) : 0;
  const segments: Segment[] = [];
  const copy = new SegmentCursor(base.segments);
  const fill = (from: number, to: number) => {
    copy.take(from, Math.min(to, kept), segments);
    appendSegment(segments, { length: to - Math.max(from, Math.min(to, kept)), chunk: null });
  };
  let at = 0;
  for (const [first, end] of touchedBlocks(base, change, kept)) {
    fill(at, first * blockBytes);
    const stop = Math.min(end * blockBytes, size);
    for (at = first * blockBytes; at < stop; at += blockBytes) {
      const length = Math.min(blockBytes, size - at);
      const bytes = source.read(at, length);
      const release = () => source.release(bytes);
      const hole = isZero(bytes);
      if (hole) release();
      appendSegment(segments, { length, chunk: hole ? null : await packs.add("chunk", bytes, release) });
      await pace();
    }
    at = stop;
  }
  if (at < size) fill(at, size);
  return { size, parts: await toParts(segments, packs) };
}

async function toParts(segments: readonly Segment[], packs: PackWriter): Promise<Content["parts"]> {
  if (segments.length <= segmentsPerList) return { segments };
  const lists: ListRef[] = [];
  for (let at = 0; at < segments.length; at += segmentsPerList) {
    const part = segments.slice(at, at + segmentsPerList);
    const length = part.reduce((sum, segment) => sum + segment.length, 0);
    lists.push({ length, list: await packs.add("list", encodeList(part)) });
  }
  return { lists };
}

/** The blocks to read, as [first, end) in order, clear of each other and within the file. */
function touchedBlocks(
  base: { readonly size: number },
  { size, blocks }: ContentChange,
  kept: number,
): [number, number][] {
  const all: [number, number][] = [];
  for (let at = 0; at + 1 < blocks.length; at += 2) all.push([blocks[at] ?? 0, blocks[at + 1] ?? 0]);
  // Where the kept bytes stop inside a block, that block is part old, part new.
  if (kept % blockBytes !== 0 && !(kept === size && kept === base.size)) {
    const block = Math.floor(kept / blockBytes);
    all.push([block, block + 1]);
  }
  const limit = Math.ceil(size / blockBytes);
  const merged: [number, number][] = [];
  for (const [first, end] of all.toSorted((a, b) => a[0] - b[0])) {
    const stop = Math.min(end, limit);
    if (first >= stop) continue;
    const last = merged.at(-1);
    if (last && first <= last[1]) last[1] = Math.max(last[1], stop);
    else merged.push([first, stop]);
  }
  return merged;
}

/** Whether every chunk begins and ends at a block's border (or the file's end). */
function isAligned({ size, segments }: { size: number; segments: readonly Segment[] }): boolean {
  let at = 0;
  for (const { length, chunk } of segments) {
    const end = at + length;
    if (end % blockBytes !== 0 && end !== size) return false;
    if (chunk !== null && length > blockBytes) return false;
    at = end;
  }
  return true;
}

/** Walks the runs of a file once, from front to back. */
class SegmentCursor {
  readonly #segments: readonly Segment[];
  #next = 0;
  /** Where the run at `#next` begins, in bytes. */
  #at = 0;

  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
  }

  /** Appends the runs of [from, to), cutting holes where they overlap the border. */
  take(from: number, to: number, into: Segment[]): void {
    for (;;) {
      const segment = this.#segments[this.#next];
      if (!segment || this.#at >= to) return;
      const end = this.#at + segment.length;
      const length = Math.min(end, to) - Math.max(this.#at, from);
      if (length > 0) appendSegment(into, { length, chunk: segment.chunk });
      if (end > to) return;
      this.#at = end;
      this.#next++;
    }
  }
}

function isZero(bytes: Buffer): boolean {
  return bytes[0] === 0 && bytes.equals(zeros.subarray(0, bytes.length));
}
