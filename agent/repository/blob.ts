import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { damaged, type Digest } from "./digest.ts";
import type { Sealing } from "./sealing.ts";

/**
 * What a blob holds. `chunk`: a piece of a file. `tree`: one directory. `links`: a part of the table of
 * hard links. `list`: a part of the content list of a large file.
 */
export const blobKinds = { chunk: 1, tree: 2, links: 3, list: 4 } as const;
export type BlobKind = keyof typeof blobKinds;

const kindNames = new Map<number, BlobKind>(
  Object.entries(blobKinds).map(([name, code]) => [code, name as BlobKind]),
);

export function blobKindOf(code: number): BlobKind | undefined {
  return kindNames.get(code);
}

/** How the bytes of a blob are stored. */
export const encodings = { raw: 0, zstd: 1 } as const;
export type Encoding = keyof typeof encodings;

/** The largest plain lengths of a chunk and of any other blob, in bytes; nothing larger is decompressed. */
export const maxChunkBytes = 16 * 1024 * 1024;
export const maxBlobBytes = 512 * 1024 * 1024;

export interface BlobRef {
  readonly kind: BlobKind;
  readonly id: Digest;
}

/** A blob's place inside a pack. Offsets and lengths are bytes. */
export interface BlobRecord extends BlobRef {
  readonly encoding: Encoding;
  readonly offset: number;
  readonly storedLength: number;
  readonly plainLength: number;
}

export interface BlobLocation extends BlobRecord {
  readonly pack: Digest;
  /** The pack's. */
  readonly salt: Buffer;
}

/** A frame of zstd holds no more for each of its bytes: its densest block takes 4 for 128 KiB. */
const densestZstd = 32 * 1024;

export const zstdLevel = { [constants.ZSTD_c_compressionLevel]: 1 };

/** zstd where that is smaller, otherwise the bytes as they are. */
export function chooseEncoding(
  plain: Uint8Array,
  compressed: Uint8Array,
): { encoding: Encoding; stored: Uint8Array } {
  return compressed.length < plain.length
    ? { encoding: "zstd", stored: compressed }
    : { encoding: "raw", stored: plain };
}

export function encodeBlob(plain: Uint8Array): { encoding: Encoding; stored: Uint8Array } {
  const { length } = plain;
  // Told the length beforehand and given room for all of the output at once.
  const room = { pledgedSrcSize: length, chunkSize: length + (length >> 8) + 512 };
  return chooseEncoding(plain, zstdCompressSync(plain, { params: zstdLevel, ...room }));
}

/**
 * The plain bytes of a blob, proven to be the ones its id names.
 * @param encoded as `encodeBlob` gave it
 * @throws ForkpointError OBJECT_DAMAGED
 */
export function decodeBlob(record: BlobRecord, encoded: Uint8Array, sealing: Sealing): Buffer {
  const object = nameOfBlob(record);
  const plain = record.encoding === "raw" ? view(encoded) : inflate(object, record, encoded);
  if (plain.length !== record.plainLength) throw damaged(object, "its length is wrong");
  if (!isBlob(record, plain, sealing)) throw damaged(object, "its bytes do not match its name");
  return plain;
}

/** Whether these are the plain bytes of a blob. */
export function isBlob(record: BlobRecord, plain: Uint8Array, sealing: Sealing): boolean {
  return plain.length === record.plainLength && sealing.nameBlob(record.kind, plain) === record.id;
}

/** How messages call it. */
export function nameOfBlob({ kind, id }: BlobRef): string {
  return `${kind} ${id}`;
}

function inflate(object: string, record: BlobRecord, stored: Uint8Array): Buffer {
  if (record.plainLength > stored.length * densestZstd) throw damaged(object, "it is longer than it can be");
  try {
    const room = Math.max(record.plainLength, 64);
    return zstdDecompressSync(stored, { maxOutputLength: room, chunkSize: room });
  } catch (thrown) {
    throw damaged(object, `it cannot be decompressed (${thrown instanceof Error ? thrown.message : "zstd"})`);
  }
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
