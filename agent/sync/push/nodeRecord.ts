import { ByteReader } from "../../repository/byteReader.ts";
import { ByteWriter } from "../../repository/byteWriter.ts";
import {
  inodeTypes,
  linkType,
  readAttributes,
  readInode,
  writeAttributes,
  writeInode,
} from "../../repository/inodeFormat.ts";
import type { ContentChange } from "./contentChange.ts";
import { copyAttributes, leafOf, type DirectoryNode, type LeafNode, type SnapshotNode } from "./nodes.ts";

/* How a node is written into the spill of the push that made it; nobody else ever reads it. */

/** The node's children, if it is a directory, are not part of it. */
export function encodeNode(node: SnapshotNode): Buffer {
  const writer = new ByteWriter(160);
  if (node.kind === "link") writer.u8(linkType).varint(node.link);
  else if (node.kind === "directory") writeDirectory(writer, node);
  else writeLeaf(writer, node);
  return writer.view();
}

export function decodeNode(bytes: Uint8Array, parent: DirectoryNode, name: string): SnapshotNode {
  const reader = new ByteReader(bytes, "spilled node");
  const type = reader.u8();
  if (type === linkType) return { kind: "link", link: reader.varint() };
  return type === inodeTypes.directory
    ? readDirectory(reader, parent, name)
    : readLeaf(reader, type, parent, name);
}

function writeDirectory(writer: ByteWriter, { attributes, base, dirty, spilled }: DirectoryNode): void {
  writer.u8(inodeTypes.directory);
  writeAttributes(writer, attributes);
  writer.u8(dirty ? 1 : 0).varint(spilled ?? 0);
  writer.u8(base ? 1 : 0);
  if (base) writer.digest(base.tree).varint(base.entries).varint(base.bytes);
}

function readDirectory(reader: ByteReader, parent: DirectoryNode, name: string): DirectoryNode {
  const attributes = copyAttributes(readAttributes(reader));
  const dirty = reader.u8() === 1;
  const spilled = reader.varint() || null;
  const hasBase = reader.u8() === 1;
  const base = hasBase ? { tree: reader.digest(), entries: reader.varint(), bytes: reader.varint() } : null;
  return { kind: "directory", attributes, parent, name, base, children: null, spilled, dirty };
}

function writeLeaf(writer: ByteWriter, { attributes, body }: LeafNode): void {
  writeInode(writer, { ...attributes, ...body });
  const change = body.type === "file" ? body.change : null;
  writer.u8(change ? 1 : 0);
  if (!change) return;
  writer.varint(change.size).varint(change.validBytes).varint(change.blocks.length);
  for (const block of change.blocks) writer.varint(block);
}

function readLeaf(reader: ByteReader, type: number, directory: DirectoryNode, name: string): LeafNode {
  const inode = readInode(reader, type);
  if (inode.type === "directory") throw reader.damaged("it is a directory");
  const leaf = leafOf(inode, directory, name);
  if (reader.u8() === 1 && leaf.body.type === "file") leaf.body.change = readChange(reader);
  return leaf;
}

function readChange(reader: ByteReader): ContentChange {
  const size = reader.varint();
  const validBytes = reader.varint();
  return { size, validBytes, blocks: Array.from({ length: reader.count(1) }, () => reader.varint()) };
}
