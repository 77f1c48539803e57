import { blobKindOf, blobKinds, encodings, maxBlobBytes, maxChunkBytes, type BlobRecord } from "./blob.ts";
import { ByteReader } from "./byteReader.ts";
import { ByteWriter } from "./byteWriter.ts";
import { damaged, digestOf, newer, type Digest } from "./digest.ts";

/** FORMAT.md, "Packs". */
const magic = Buffer.from("FPPACK", "latin1");
const version = 1;
export const packHeaderBytes = 8;
/** Footer digest, footer length, magic, version. */
export const packTrailerBytes = 32 + 4 + 8;
/** The encoded size of one record, in bytes. */
export const recordBytes = 1 + 1 + 32 + 4 + 4 + 4;

const signature = Buffer.concat([magic, Buffer.from([version, 0])]);

/** A pack while it is filled. */
export class PackBuilder {
  readonly records: BlobRecord[] = [];
  readonly #writer: ByteWriter;

  /**
   * @param expectedBytes how large it will be, about
   * @param salt bytes that belong to no blob and make its name its own
   */
  constructor(expectedBytes: number, salt: Uint8Array = new Uint8Array()) {
    this.#writer = new ByteWriter(expectedBytes).bytes(signature).bytes(salt);
  }

  /** Bytes so far. */
  get size(): number {
    return this.#writer.length;
  }

  add(blob: Omit<BlobRecord, "offset" | "storedLength">, stored: Uint8Array): void {
    const { kind, id, encoding, plainLength } = blob;
    this.records.push({ kind, id, encoding, offset: this.size, storedLength: stored.length, plainLength });
    this.#writer.bytes(stored);
  }

  /** The whole pack, with its footer. */
  finish(): Buffer {
    const footer = new ByteWriter(this.records.length * recordBytes);
    for (const record of this.records) writeRecord(footer, record);
    const bytes = footer.view();
    return this.#writer.bytes(bytes).digest(digestOf(bytes)).u32(bytes.length).bytes(signature).view();
  }
}

/** What the last `packTrailerBytes` of a pack say about its footer. */
export function decodePackTrailer(
  pack: Digest,
  trailer: Uint8Array,
): { footerDigest: Digest; footerLength: number } {
  const reader = new ByteReader(trailer, `pack ${pack}`);
  const footerDigest = reader.digest();
  const footerLength = reader.u32();
  if (!reader.bytes(magic.length).equals(magic)) throw damaged(`pack ${pack}`, "its end is not a pack's");
  const found = reader.u8();
  if (found !== version) throw newer(`pack ${pack}`, found);
  if (reader.u8() !== 0) throw reader.damaged("a reserved byte is set");
  return { footerDigest, footerLength };
}

/** Every record of a whole pack, from its own footer. */
export function decodePackFooter(pack: Digest, bytes: Uint8Array): BlobRecord[] {
  if (bytes.length < packHeaderBytes + packTrailerBytes) throw damaged(`pack ${pack}`, "it is truncated");
  const end = bytes.length - packTrailerBytes;
  const { footerDigest, footerLength } = decodePackTrailer(pack, bytes.subarray(end));
  if (footerLength > end - packHeaderBytes) throw damaged(`pack ${pack}`, "its footer is too long");
  const footer = bytes.subarray(end - footerLength, end);
  if (digestOf(footer) !== footerDigest) throw damaged(`pack ${pack}`, "its footer does not match");
  const reader = new ByteReader(footer, `pack ${pack}`);
  const records: BlobRecord[] = [];
  while (reader.remaining > 0) records.push(readRecord(reader, end - footerLength));
  return records;
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

/** @param end where the stored bytes of the pack end, as far as the caller knows */
export function readRecord(reader: ByteReader, end: number): BlobRecord {
  const kind = blobKindOf(reader.u8());
  if (!kind) throw reader.damaged("a record has an unknown kind");
  const code = reader.u8();
  if (code > encodings.zstd) throw reader.damaged("a record has an unknown encoding");
  const encoding = code === encodings.zstd ? "zstd" : "raw";
  const id = reader.digest();
  const offset = reader.u32();
  const storedLength = reader.u32();
  const plainLength = reader.u32();
  if (offset < packHeaderBytes || offset + storedLength > end) {
    throw reader.damaged("a record points outside its pack");
  }
  if (plainLength > (kind === "chunk" ? maxChunkBytes : maxBlobBytes)) {
    throw reader.damaged("a record is too large");
  }
  return { kind, id, encoding, offset, storedLength, plainLength };
}
