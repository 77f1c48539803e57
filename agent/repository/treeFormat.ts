import { ForkpointError } from "../protocol/errors.ts";
import { ByteReader } from "./byteReader.ts";
import { ByteWriter } from "./byteWriter.ts";
import { newer, type Digest } from "./digest.ts";
import { linkType, readInode, writeInode, type Inode } from "./inodeFormat.ts";

/**
 * One name in a directory: an inode of its own, or the number of a hard-linked one in the link table.
 * `name` is a byte string: each character is one byte, so that any name of the file system fits.
 */
export type TreeEntry = { readonly name: string } & ({ readonly inode: Inode } | { readonly link: number });

/** FORMAT.md, "Trees". */
const magic = Buffer.from("FPTREE", "latin1");
const version = 1;
const maxNameBytes = 255;

export interface TreeTotals {
  /** Names below the directory, at any depth. */
  readonly entries: number;
  /** Sizes of the files below it, without hard-linked ones. */
  readonly bytes: number;
}

/** The one encoding of a directory. The entries must be sorted by their names' bytes, without duplicates. */
export function encodeTree(entries: readonly TreeEntry[]): Buffer {
  const writer = new ByteWriter(entries.length * 96 + 16);
  writer.bytes(magic).u8(version).u8(0);
  writer.varint(entries.length);
  for (const entry of entries) {
    writer.countedLatin1(entry.name);
    if ("link" in entry) writer.u8(linkType).varint(entry.link);
    else writeInode(writer, entry.inode);
  }
  return writer.finish();
}

/**
 * The entries of a directory, none of which can name anything outside it.
 * @throws ForkpointError OBJECT_DAMAGED, REPOSITORY_NEWER, PATH_OUTSIDE_VOLUME
 */
export function decodeTree(id: Digest, bytes: Uint8Array): TreeEntry[] {
  const reader = new ByteReader(bytes, `tree ${id}`);
  if (!reader.bytes(magic.length).equals(magic)) throw reader.damaged("it is not a tree");
  const found = reader.u8();
  if (found !== version) throw newer(`tree ${id}`, found);
  if (reader.u8() !== 0) throw reader.damaged("a reserved byte is set");
  let last: string | null = null;
  const entries = Array.from({ length: reader.count(3) }, (): TreeEntry => {
    const name = reader.countedLatin1();
    checkName(reader, id, name);
    if (last !== null && name <= last) throw reader.damaged("its names are not in order");
    last = name;
    const type = reader.u8();
    return type === linkType ? { name, link: reader.varint() } : { name, inode: readInode(reader, type) };
  });
  reader.end();
  return entries;
}

/** What the record of the directory in its parent must say about it. */
export function treeTotals(entries: readonly TreeEntry[]): TreeTotals {
  let below = entries.length;
  let bytes = 0;
  for (const entry of entries) {
    if ("link" in entry) continue;
    if (entry.inode.type === "directory") {
      below += entry.inode.entries;
      bytes += entry.inode.bytes;
    } else if (entry.inode.type === "file") bytes += entry.inode.content.size;
  }
  return { entries: below, bytes };
}

function checkName(reader: ByteReader, id: Digest, name: string): void {
  if (name === "" || name.length > maxNameBytes || name.includes("\0")) {
    throw reader.damaged("a name is not valid");
  }
  if (name === "." || name === ".." || name.includes("/")) {
    throw new ForkpointError(
      "PATH_OUTSIDE_VOLUME",
      `The repository's tree ${id} names ${JSON.stringify(name)}, which leaves its directory.`,
      { hint: "Do not restore from this store; somebody changed it." },
    );
  }
}
