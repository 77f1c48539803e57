import { ByteReader } from "./byteReader.ts";
import { ByteWriter } from "./byteWriter.ts";
import { newer, type Digest } from "./digest.ts";
import { inodeTypes, readInode, writeInode, type Inode } from "./inodeFormat.ts";

/** An inode with several names. `link` is its number in the snapshot, `names` how many entries refer to it. */
export interface LinkedInode {
  readonly link: number;
  readonly names: number;
  readonly inode: Inode;
}

/** A blob of the table: the inodes whose number divided by `linksPerShard` gives `shard`. */
export interface ShardRef {
  readonly shard: number;
  readonly id: Digest;
  /** How many inodes it holds. */
  readonly count: number;
  /** The sizes of the files in it. */
  readonly bytes: number;
}

export const linksPerShard = 1024;

/** FORMAT.md, "Hard links". */
const magic = Buffer.from("FPLINK", "latin1");
const version = 1;
const formTable = 0;
const formShard = 1;

export function shardOf(link: number): number {
  return Math.floor(link / linksPerShard);
}

/** The root of the table; the shards sorted by number. */
export function encodeLinkTable(shards: readonly ShardRef[]): Buffer {
  const writer = new ByteWriter(shards.length * 48 + 16);
  writer.bytes(magic).u8(version).u8(formTable);
  writer.varint(shards.length);
  for (const { shard, id, count, bytes } of shards) {
    writer.varint(shard).digest(id).varint(count).varint(bytes);
  }
  return writer.finish();
}

/** @throws ForkpointError OBJECT_DAMAGED, REPOSITORY_NEWER */
export function decodeLinkTable(id: Digest, bytes: Uint8Array): ShardRef[] {
  const reader = open(id, bytes, formTable);
  let last = -1;
  const shards = Array.from({ length: reader.count(35) }, () => {
    const ref = {
      shard: reader.varint(),
      id: reader.digest(),
      count: reader.varint(),
      bytes: reader.varint(),
    };
    if (ref.shard <= last) throw reader.damaged("its shards are not in order");
    last = ref.shard;
    return ref;
  });
  reader.end();
  return shards;
}

/** One shard; the inodes sorted by number. */
export function encodeLinkShard(inodes: readonly LinkedInode[]): Buffer {
  const writer = new ByteWriter(inodes.length * 96 + 16);
  writer.bytes(magic).u8(version).u8(formShard);
  writer.varint(inodes.length);
  for (const { link, names, inode } of inodes) {
    writer.varint(link).varint(names);
    writeInode(writer, inode);
  }
  return writer.finish();
}

/** @throws ForkpointError OBJECT_DAMAGED, REPOSITORY_NEWER */
export function decodeLinkShard(ref: ShardRef, bytes: Uint8Array): LinkedInode[] {
  const reader = open(ref.id, bytes, formShard);
  let last = -1;
  const inodes = Array.from({ length: reader.count(5) }, (): LinkedInode => {
    const link = reader.varint();
    if (link <= last || shardOf(link) !== ref.shard) throw reader.damaged("its inodes are not in order");
    last = link;
    const names = reader.varint();
    const type = reader.u8();
    if (type === inodeTypes.directory) throw reader.damaged("a directory has several names");
    return { link, names, inode: readInode(reader, type) };
  });
  reader.end();
  const total = shardBytes(inodes);
  if (inodes.length !== ref.count || total !== ref.bytes) throw reader.damaged("its totals do not add up");
  return inodes;
}

/** The sizes of the files among them. */
export function shardBytes(inodes: readonly LinkedInode[]): number {
  return inodes.reduce((sum, { inode }) => sum + (inode.type === "file" ? inode.content.size : 0), 0);
}

function open(id: Digest, bytes: Uint8Array, form: number): ByteReader {
  const reader = new ByteReader(bytes, `links ${id}`);
  if (!reader.bytes(magic.length).equals(magic)) throw reader.damaged("it is not a table of links");
  const found = reader.u8();
  if (found !== version) throw newer(`links ${id}`, found);
  if (reader.u8() !== form) throw reader.damaged("it is another part of the table of links");
  return reader;
}
