import { maxChunkBytes } from "./blob.ts";
import { ByteReader } from "./byteReader.ts";
import { ByteWriter } from "./byteWriter.ts";
import { newer, type Digest } from "./digest.ts";

/** A run of a file's bytes: a chunk, or with `chunk` null a hole, which reads as zeros. */
export interface Segment {
  readonly length: number;
  readonly chunk: Digest | null;
}

/** A run as it is read: of a chunk that several files share only the bytes from `from` on. */
export interface Run extends Segment {
  readonly from: number;
}

/** A small file's place in a chunk that holds several of them: its bytes begin at `offset`. */
export interface Piece {
  readonly chunk: Digest;
  readonly offset: number;
}

/** A part of a long content list, in a blob of its own. `length` is the bytes of the file it covers. */
export interface ListRef {
  readonly length: number;
  readonly list: Digest;
}

/** What a file holds: `size` bytes in runs, in lists of runs where there are many, or gathered with others. */
export interface Content {
  readonly size: number;
  readonly parts:
    | { readonly segments: readonly Segment[] }
    | { readonly lists: readonly ListRef[] }
    | { readonly piece: Piece };
}

/** More runs than this go into lists, none of which has more. */
export const segmentsPerList = 1024;
const leastPerList = 256;

/** A block of zeros of this length, at a multiple of it, is a hole in this version; no chunk reaches across one. */
export const holeBlockBytes = 64 * 1024;

export const emptyContent: Content = { size: 0, parts: { segments: [] } };

const formInline = 0;
const formLists = 1;
const formPiece = 2;
const magic = Buffer.from("FPLIST", "latin1");
const version = 1;

export function writeContent(writer: ByteWriter, { size, parts }: Content): void {
  writer.varint(size);
  if ("segments" in parts) {
    writer.u8(formInline);
    writeSegments(writer, parts.segments);
    return;
  }
  if ("piece" in parts) {
    writer.u8(formPiece).digest(parts.piece.chunk).varint(parts.piece.offset);
    return;
  }
  writer.u8(formLists).varint(parts.lists.length);
  for (const { length, list } of parts.lists) writer.varint(length).digest(list);
}

/** @throws ForkpointError OBJECT_DAMAGED */
export function readContent(reader: ByteReader): Content {
  const size = reader.varint();
  const form = reader.u8();
  if (form === formInline) {
    const segments = readSegments(reader);
    checkSum(reader, size, segments);
    return { size, parts: { segments } };
  }
  if (form === formPiece) {
    const piece = { chunk: reader.digest(), offset: reader.varint() };
    if (size === 0 || piece.offset + size > maxChunkBytes)
      throw reader.damaged("a file lies outside its chunk");
    return { size, parts: { piece } };
  }
  if (form !== formLists) throw reader.damaged("a content list has an unknown form");
  const lists = Array.from({ length: reader.count(33) }, () => ({
    length: reader.varint(),
    list: reader.digest(),
  }));
  if (lists.length < 2) throw reader.damaged("a content list is not in its shortest form");
  checkSum(reader, size, lists);
  return { size, parts: { lists } };
}

/** The blob of one list. */
export function encodeList(segments: readonly Segment[]): Buffer {
  const writer = new ByteWriter(segments.length * 36 + 16);
  writer.bytes(magic).u8(version).u8(0);
  writeSegments(writer, segments);
  return writer.finish();
}

/** @throws ForkpointError OBJECT_DAMAGED, REPOSITORY_NEWER */
export function decodeList(ref: ListRef, bytes: Uint8Array): Segment[] {
  const reader = new ByteReader(bytes, `list ${ref.list}`);
  if (!reader.bytes(magic.length).equals(magic)) throw reader.damaged("it is not a content list");
  const found = reader.u8();
  if (found !== version) throw newer(`list ${ref.list}`, found);
  if (reader.u8() !== 0) throw reader.damaged("a reserved byte is set");
  const segments = readSegments(reader);
  reader.end();
  if (segments.length === 0) throw reader.damaged("it has no runs");
  checkSum(reader, ref.length, segments);
  return segments;
}

/**
 * Whether a list that began with the run at `from` ends with the one at `at`. The runs themselves say so, and not
 * their number, so that a run more at the front changes one list.
 */
export function endsList(segments: readonly Segment[], from: number, at: number): boolean {
  const count = at - from + 1;
  return count >= segmentsPerList || (count >= leastPerList && segments[at]?.chunk?.endsWith("00") === true);
}

/** Adds a run in canonical form: neighbouring holes are one hole. */
export function appendSegment(segments: Segment[], segment: Segment): void {
  if (segment.length === 0) return;
  const last = segments.at(-1);
  if (segment.chunk === null && last?.chunk === null) {
    segments[segments.length - 1] = { length: last.length + segment.length, chunk: null };
  } else segments.push(segment);
}

function writeSegments(writer: ByteWriter, segments: readonly Segment[]): void {
  writer.varint(segments.length);
  for (const { length, chunk } of segments) {
    // The lowest bit says which it is.
    writer.varint(length * 2 + (chunk === null ? 0 : 1));
    if (chunk !== null) writer.digest(chunk);
  }
}

function readSegments(reader: ByteReader): Segment[] {
  const length = reader.count(1);
  if (length > segmentsPerList) throw reader.damaged("a content list is too long");
  let afterHole = false;
  return Array.from({ length }, () => {
    const coded = reader.varint();
    const isChunk = coded % 2 === 1;
    const length = (coded - (isChunk ? 1 : 0)) / 2;
    if (length === 0) throw reader.damaged("a run of a file is empty");
    if (isChunk && length > maxChunkBytes) throw reader.damaged("a chunk is too long");
    if (!isChunk && afterHole) throw reader.damaged("two holes follow each other");
    afterHole = !isChunk;
    return { length, chunk: isChunk ? reader.digest() : null };
  });
}

function checkSum(reader: ByteReader, size: number, runs: readonly { readonly length: number }[]): void {
  const sum = runs.reduce((total, run) => total + run.length, 0);
  if (sum !== size) throw reader.damaged("the lengths of a content list do not add up");
}
