import { maxChunkBytes } from "./blob.ts";
import { ByteReader } from "./byteReader.ts";
import { ByteWriter } from "./byteWriter.ts";
import { newer, type Digest } from "./digest.ts";

/** A run of a file's bytes: a chunk, or with `chunk` null a hole, which reads as zeros. */
export interface Segment {
  readonly length: number;
  readonly chunk: Digest | null;
}

/** A part of a long content list, in a blob of its own. `length` is the bytes of the file it covers. */
export interface ListRef {
  readonly length: number;
  readonly list: Digest;
}

/** What a file holds: `size` bytes in runs, or in lists of runs where there are many. */
export interface Content {
  readonly size: number;
  readonly parts: { readonly segments: readonly Segment[] } | { readonly lists: readonly ListRef[] };
}

/** More runs than this go into lists of exactly this many (the last may be shorter). */
export const segmentsPerList = 1024;

/** The bytes in which a file is cut, in this version. Lengths are recorded, so readers need not know. */
export const blockBytes = 1024 * 1024;

export const emptyContent: Content = { size: 0, parts: { segments: [] } };

const formInline = 0;
const formLists = 1;
const magic = Buffer.from("FPLIST", "latin1");
const version = 1;

export function writeContent(writer: ByteWriter, { size, parts }: Content): void {
  writer.varint(size);
  if ("segments" in parts) {
    writer.u8(formInline);
    writeSegments(writer, parts.segments);
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
