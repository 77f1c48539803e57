import {
  blobKindOf,
  blobKinds,
  decodeBlob,
  encodings,
  maxBlobBytes,
  maxChunkBytes,
  nameOfBlob,
  type BlobLocation,
  type BlobRecord,
} from "./blob.ts";
import { ByteReader } from "./byteReader.ts";
import { ByteWriter } from "./byteWriter.ts";
import { damaged, digestOf, newer, type Digest } from "./digest.ts";
import type { PackSealing, Sealing } from "./sealing.ts";

/** FORMAT.md, "Packs". */
const magic = Buffer.from("FPPACK", "latin1");
const version = 1;
export const packHeaderBytes = 8;
/** Footer digest, footer length, magic, version. */
export const packTrailerBytes = 32 + 4 + 8;
/** The encoded size of one record, in bytes. */
export const recordBytes = 1 + 1 + 32 + 4 + 4 + 4;

/** Parts of a pack are numbered by their offset, and no blob lies at this one. */
const footerNumber = 0;
const nothing = Buffer.alloc(0);

/** A pack while it is filled. */
export class PackBuilder {
  readonly records: BlobRecord[] = [];
  readonly #writer: ByteWriter;
  readonly #sealing: PackSealing;

  /**
   * @param room how large it will be, about; or a buffer of that size to build it in
   * @param unique bytes that belong to no blob and make its name its own
   */
  constructor(room: number | Buffer, sealing: PackSealing, unique: Uint8Array = nothing) {
    this.#sealing = sealing;
    const beginning = new ByteWriter(room).bytes(signature(sealing.form)).bytes(sealing.salt);
    this.#writer = beginning.bytes(unique);
  }

  get salt(): Buffer {
    return this.#sealing.salt;
  }

  /** Bytes so far. */
  get size(): number {
    return this.#writer.length;
  }

  add(blob: Omit<BlobRecord, "offset" | "storedLength">, encoded: Uint8Array): void {
    const { kind, id, encoding, plainLength } = blob;
    const offset = this.size;
    const storedLength = encoded.length + this.#sealing.overhead;
    const record = { kind, id, encoding, offset, storedLength, plainLength };
    this.records.push(record);
    this.#sealing.sealTo(this.#writer, offset, encodeRecord(record), encoded);
  }

  /** The whole pack, with its footer. */
  finish(): Buffer {
    const footer = new ByteWriter(this.records.length * recordBytes);
    for (const record of this.records) writeRecord(footer, record);
    const start = this.size;
    this.#sealing.sealTo(this.#writer, footerNumber, nothing, footer.view());
    const sealed = this.#writer.view().subarray(start);
    this.#writer.digest(digestOf(sealed)).u32(sealed.length);
    return this.#writer.bytes(signature(this.#sealing.form)).view();
  }
}

/** What the last `packTrailerBytes` of a pack say about its footer. */
export function decodePackTrailer(
  pack: Digest,
  trailer: Uint8Array,
  form: number,
): { footerDigest: Digest; footerLength: number } {
  const reader = new ByteReader(trailer, `pack ${pack}`);
  const footerDigest = reader.digest();
  const footerLength = reader.u32();
  if (!reader.bytes(magic.length).equals(magic)) throw damaged(`pack ${pack}`, "its end is not a pack's");
  const found = reader.u8();
  if (found !== version) throw newer(`pack ${pack}`, found);
  if (reader.u8() !== form) throw reader.damaged("it is sealed in another way");
  return { footerDigest, footerLength };
}

/** The salt and every record of a whole pack, from its own beginning and footer. */
export function decodePack(
  pack: Digest,
  bytes: Uint8Array,
  sealing: Sealing,
): { salt: Buffer; records: BlobRecord[] } {
  const object = `pack ${pack}`;
  const start = packStart(sealing);
  if (bytes.length < start + packTrailerBytes) throw damaged(object, "it is truncated");
  const salt = Buffer.from(bytes.subarray(packHeaderBytes, start));
  const opening = sealing.packWith(salt);
  const end = bytes.length - packTrailerBytes;
  const { footerDigest, footerLength } = decodePackTrailer(pack, bytes.subarray(end), opening.form);
  if (footerLength > end - start) throw damaged(object, "its footer is too long");
  const sealed = bytes.subarray(end - footerLength, end);
  if (digestOf(sealed) !== footerDigest) throw damaged(object, "its footer does not match");
  const reader = new ByteReader(opening.open(object, footerNumber, nothing, sealed), object);
  const records: BlobRecord[] = [];
  while (reader.remaining > 0) records.push(readRecord(reader, { start, end: end - footerLength }));
  return { salt, records };
}

/**
 * The plain bytes of a blob, proven to be the ones its id names.
 * @param stored its bytes in the pack
 * @throws ForkpointError OBJECT_DAMAGED
 */
export function openBlob(blob: BlobLocation, stored: Uint8Array, sealing: Sealing): Buffer {
  return decodeBlob(blob, unsealBlob(blob, stored, sealing), sealing);
}

/** The encoded bytes of a blob, for `decodeBlob`. @throws ForkpointError OBJECT_DAMAGED */
export function unsealBlob(blob: BlobLocation, stored: Uint8Array, sealing: Sealing): Uint8Array {
  const object = nameOfBlob(blob);
  if (stored.length !== blob.storedLength) throw damaged(object, "it is truncated");
  return sealing.packWith(blob.salt).open(object, blob.offset, encodeRecord(blob), stored);
}

/** Where the first blob of a pack lies. */
export function packStart({ saltBytes }: Sealing): number {
  return packHeaderBytes + saltBytes;
}

export function writeRecord(writer: ByteWriter, record: BlobRecord): void {
  writer
    .u8(blobKinds[record.kind])
    .u8(encodings[record.encoding])
    .digest(record.id)
    .u32(record.offset)
    .u32(record.storedLength)
    .u32(record.plainLength);
}

/** @param bounds where the stored bytes of the pack lie, as far as the caller knows */
export function readRecord(reader: ByteReader, bounds: { start: number; end: number }): BlobRecord {
  const kind = blobKindOf(reader.u8());
  if (!kind) throw reader.damaged("a record has an unknown kind");
  const code = reader.u8();
  if (code > encodings.zstd) throw reader.damaged("a record has an unknown encoding");
  const encoding = code === encodings.zstd ? "zstd" : "raw";
  const id = reader.digest();
  const offset = reader.u32();
  const storedLength = reader.u32();
  const plainLength = reader.u32();
  if (offset < bounds.start || offset + storedLength > bounds.end) {
    throw reader.damaged("a record points outside its pack");
  }
  if (plainLength > (kind === "chunk" ? maxChunkBytes : maxBlobBytes)) {
    throw reader.damaged("a record is too large");
  }
  return { kind, id, encoding, offset, storedLength, plainLength };
}

function encodeRecord(record: BlobRecord): Buffer {
  const writer = new ByteWriter(recordBytes);
  writeRecord(writer, record);
  return writer.view();
}

function signature(form: number): Buffer {
  return Buffer.concat([magic, Buffer.from([version, form])]);
}
