import { cutAt, cutSizes, type Gear } from "../../repository/chunker.ts";
import {
  appendSegment,
  encodeList,
  endsList,
  holeBlockBytes,
  segmentsPerList,
  type Content,
  type ListRef,
  type Segment,
} from "../../repository/contentFormat.ts";
import type { PackWriter } from "../../repository/packWriter.ts";
import { touchedRanges, type ContentChange } from "./contentChange.ts";
import { SharedBytes } from "./sharedBytes.ts";

/** Bytes of the file as the snapshot has it now. */
export interface FileSource {
  /** Exactly `length` bytes from `offset`, in a buffer that is the caller's until it is released. */
  read(offset: number, length: number): Buffer;
  release(bytes: Buffer): void;
}

/** What is read of a file at once; several chunks, since the end of it is read again with what follows. */
export const windowBytes = 8 * cutSizes.most;

const zeros = Buffer.alloc(holeBlockBytes);

/**
 * Cuts a changed file. Chunks that no command touched stay; others are read, and cutting goes on until it meets a
 * cut of before. Blocks of zeros are holes, whether or not they occupy space, and no chunk reaches across one: so
 * the result depends on the bytes of the file alone.
 */
export class ContentBuilder {
  readonly #base: { readonly size: number; readonly segments: readonly Segment[] };
  readonly #size: number;
  /** The bytes of the base from the beginning that are still the file's, outside of `#touched`. */
  readonly #kept: number;
  readonly #touched: readonly [number, number][];
  readonly #tools: ContentTools;
  readonly #segments: Segment[] = [];
  #at = 0;
  #nextTouched = 0;
  #nextBase = 0;
  /** Where the base's run at `#nextBase` begins. */
  #baseAt = 0;

  constructor(
    base: { readonly size: number; readonly segments: readonly Segment[] },
    change: ContentChange,
    tools: ContentTools,
  ) {
    this.#base = base;
    this.#size = change.size;
    this.#kept = Math.min(change.validBytes, base.size, change.size);
    this.#touched = touchedRanges(change, this.#kept, base.size);
    this.#tools = tools;
  }

  async build(): Promise<Content> {
    while (this.#at < this.#size) {
      const run = this.#knownRun();
      if (run) this.#append(run);
      else await this.#cut();
    }
    return { size: this.#size, parts: await toParts(this.#segments, this.#tools.packs) };
  }

  /** What follows here, where that is known without reading; null where it is not. */
  #knownRun(): Segment | null {
    const touched = this.#touchedFrom();
    const run = this.#base.segments[this.#nextBase];
    if (this.#at >= this.#kept) return this.#hole(Math.min(this.#size, touched));
    if (!run) return null;
    const end = this.#baseAt + run.length;
    if (run.chunk === null) return this.#hole(Math.min(this.#kept, end, touched));
    if (this.#baseAt !== this.#at || end > this.#kept || end > touched) return null;
    // One that nothing followed may have ended only because of that.
    const next = this.#base.segments[this.#nextBase + 1];
    const wasFollowed = next !== undefined && next.chunk !== null;
    return wasFollowed || end === this.#size || touched >= end + holeBlockBytes ? run : null;
  }

  #hole(end: number): Segment | null {
    return end > this.#at ? { length: end - this.#at, chunk: null } : null;
  }

  /** Reads on from here, and cuts until a run of the base can be taken again. */
  async #cut(): Promise<void> {
    const { source, packs, gear, counted, pace } = this.#tools;
    const start = this.#at;
    const bytes = source.read(start, Math.min(windowBytes, this.#size - start));
    const isLast = start + bytes.length === this.#size;
    const shared = new SharedBytes(() => source.release(bytes));
    try {
      for (;;) {
        const at = this.#at - start;
        const rest = bytes.length - at;
        if (rest === 0 || (rest < cutSizes.most + holeBlockBytes && !isLast)) return;
        if (this.#isZeroBlock(bytes, at)) {
          this.#append({ length: Math.min(rest, holeBlockBytes), chunk: null });
        } else {
          const end = cutAt(bytes.subarray(0, this.#endOfStretch(bytes, at)), at, gear);
          const chunk = await packs.add("chunk", bytes.subarray(at, end), shared.use());
          this.#append({ length: end - at, chunk });
        }
        counted(this.#at - start - at);
        await pace();
        if (this.#at === this.#size || this.#knownRun()) return;
      }
    } finally {
      shared.close();
    }
  }

  #append({ length, chunk }: Segment): void {
    appendSegment(this.#segments, { length, chunk });
    this.#at += length;
    for (;;) {
      const range = this.#touched[this.#nextTouched];
      if (!range || range[1] > this.#at) break;
      this.#nextTouched++;
    }
    for (;;) {
      const run = this.#base.segments[this.#nextBase];
      if (!run || this.#baseAt + run.length > this.#at) return;
      this.#baseAt += run.length;
      this.#nextBase++;
    }
  }

  /** Where the next touched byte is, from here on. */
  #touchedFrom(): number {
    const range = this.#touched[this.#nextTouched];
    return range ? Math.max(range[0], this.#at) : Infinity;
  }

  /** Whether a block of zeros begins at `at`: one that lies at a multiple of its length in the file. */
  #isZeroBlock(bytes: Buffer, at: number): boolean {
    const length = Math.min(holeBlockBytes, bytes.length - at);
    return (
      this.#at % holeBlockBytes === 0 &&
      bytes[at] === 0 &&
      bytes.subarray(at, at + length).equals(zeros.subarray(0, length))
    );
  }

  /** Where the first block of zeros behind `at` begins, as far as a chunk can reach. */
  #endOfStretch(bytes: Buffer, at: number): number {
    const inFile = this.#at - at;
    const end = Math.min(bytes.length, at + cutSizes.most);
    let block = Math.ceil((inFile + at + 1) / holeBlockBytes) * holeBlockBytes - inFile;
    for (; block < end; block += holeBlockBytes) {
      const length = Math.min(holeBlockBytes, bytes.length - block);
      if (bytes[block] === 0 && bytes.subarray(block, block + length).equals(zeros.subarray(0, length)))
        return block;
    }
    return end;
  }
}

export interface ContentTools {
  readonly source: FileSource;
  readonly packs: PackWriter;
  readonly gear: Gear;
  /** Told how many bytes were looked at. */
  readonly counted: (bytes: number) => void;
  readonly pace: () => Promise<void> | undefined;
}

async function toParts(segments: readonly Segment[], packs: PackWriter): Promise<Content["parts"]> {
  if (segments.length <= segmentsPerList) return { segments };
  const lists: ListRef[] = [];
  for (let from = 0, at = 0; at < segments.length; at++) {
    if (at + 1 < segments.length && !endsList(segments, from, at)) continue;
    const part = segments.slice(from, at + 1);
    const length = part.reduce((sum, segment) => sum + segment.length, 0);
    lists.push({ length, list: await packs.add("list", encodeList(part)) });
    from = at + 1;
  }
  return { lists };
}
