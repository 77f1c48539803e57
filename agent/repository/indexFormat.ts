import type { BlobRecord } from "./blob.ts";
import { ByteReader } from "./byteReader.ts";
import { ByteWriter } from "./byteWriter.ts";
import { newer, type Digest } from "./digest.ts";
import { packStart, readRecord, recordBytes, writeRecord } from "./packFormat.ts";
import type { Sealing } from "./sealing.ts";

/** One pack as an index describes it. `size` is the length of the pack object in bytes. */
export interface IndexedPack {
  readonly id: Digest;
  readonly size: number;
  readonly salt: Buffer;
  readonly records: readonly BlobRecord[];
}

export interface IndexObject {
  readonly packs: readonly IndexedPack[];
  /** Indexes whose packs are all described here or gone, and which a reader therefore ignores. */
  readonly supersedes: readonly Digest[];
}

/** FORMAT.md, "Indexes". */
const magic = Buffer.from("FPINDX", "latin1");
const version = 1;

export function encodeIndex({ packs, supersedes }: IndexObject): Buffer {
  const blobs = packs.reduce((sum, pack) => sum + pack.records.length, 0);
  const writer = new ByteWriter(blobs * recordBytes + packs.length * 76 + supersedes.length * 32 + 64);
  writer.bytes(magic).u8(version).u8(0);
  writer.varint(supersedes.length);
  for (const id of supersedes) writer.digest(id);
  writer.varint(packs.length);
  for (const pack of packs) {
    writer.digest(pack.id).u32(pack.size).bytes(pack.salt).varint(pack.records.length);
    for (const record of pack.records) writeRecord(writer, record);
  }
  return writer.finish();
}

/**
 * @param bytes as `encodeIndex` gave them
 * @throws ForkpointError OBJECT_DAMAGED, REPOSITORY_NEWER
 */
export function decodeIndex(id: Digest, bytes: Uint8Array, sealing: Sealing): IndexObject {
  const reader = new ByteReader(bytes, `index ${id}`);
  if (!reader.bytes(magic.length).equals(magic)) throw reader.damaged("it is not an index");
  const found = reader.u8();
  if (found !== version) throw newer(`index ${id}`, found);
  if (reader.u8() !== 0) throw reader.damaged("a reserved byte is set");
  const supersedes = Array.from({ length: reader.count(32) }, () => reader.digest());
  const packs = Array.from({ length: reader.count(37 + sealing.saltBytes) }, () => {
    const pack = reader.digest();
    const size = reader.u32();
    const salt = Buffer.from(reader.bytes(sealing.saltBytes));
    const bounds = { start: packStart(sealing), end: size };
    const records = Array.from({ length: reader.count(recordBytes) }, () => readRecord(reader, bounds));
    return { id: pack, size, salt, records };
  });
  reader.end();
  return { packs, supersedes };
}
