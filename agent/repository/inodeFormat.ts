import type { ByteReader } from "./byteReader.ts";
import type { ByteWriter } from "./byteWriter.ts";
import { readContent, writeContent, type Content } from "./contentFormat.ts";
import type { Digest } from "./digest.ts";

export interface Time {
  /** Seconds since 1970, UTC; may be negative. */
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanoseconds: number;
}

/** Name and value as byte strings: each character is one byte. */
export interface Xattr {
  readonly name: string;
  readonly value: Buffer;
}

/** What every inode has. */
export interface Attributes {
  /** The permission bits with setuid, setgid and sticky: 12 bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: Time;
  /** Sorted by the bytes of their names. */
  readonly xattrs: readonly Xattr[];
}

export type InodeBody =
  | { readonly type: "file"; readonly content: Content }
  | {
      readonly type: "directory";
      readonly tree: Digest;
      /** Names below it, at any depth. */
      readonly entries: number;
      /** The sizes of the files below it, those of hard-linked files left out. */
      readonly bytes: number;
    }
  | { readonly type: "symlink"; readonly target: Buffer }
  | { readonly type: "fifo" }
  | { readonly type: "socket" }
  | { readonly type: "charDevice"; readonly rdev: number }
  | { readonly type: "blockDevice"; readonly rdev: number };

export type Inode = Attributes & InodeBody;
export type InodeType = Inode["type"];

/** FORMAT.md, "Inodes". 8 marks a tree entry that is a hard link, which has no inode of its own. */
export const inodeTypes = {
  file: 1,
  directory: 2,
  symlink: 3,
  fifo: 4,
  socket: 5,
  charDevice: 6,
  blockDevice: 7,
} as const satisfies Record<InodeType, number>;
export const linkType = 8;

const maxMode = 0o7777;
const maxSymlinkBytes = 4095;
/** Bytes. */
export const maxXattrName = 255;

export function writeInode(writer: ByteWriter, inode: Inode): void {
  writer.u8(inodeTypes[inode.type]);
  writeAttributes(writer, inode);
  switch (inode.type) {
    case "file":
      writeContent(writer, inode.content);
      break;
    case "directory":
      writer.digest(inode.tree).varint(inode.entries).varint(inode.bytes);
      break;
    case "symlink":
      writer.counted(inode.target);
      break;
    case "charDevice":
    case "blockDevice":
      writer.varint(inode.rdev);
      break;
    case "fifo":
    case "socket":
      break;
  }
}

/** Reads what follows the type byte. @throws ForkpointError OBJECT_DAMAGED */
export function readInode(reader: ByteReader, code: number): Inode {
  const attributes = readAttributes(reader);
  switch (code) {
    case inodeTypes.file:
      return { ...attributes, type: "file", content: readContent(reader) };
    case inodeTypes.directory:
      return {
        ...attributes,
        type: "directory",
        tree: reader.digest(),
        entries: reader.varint(),
        bytes: reader.varint(),
      };
    case inodeTypes.symlink:
      return { ...attributes, type: "symlink", target: readTarget(reader) };
    case inodeTypes.fifo:
      return { ...attributes, type: "fifo" };
    case inodeTypes.socket:
      return { ...attributes, type: "socket" };
    case inodeTypes.charDevice:
      return { ...attributes, type: "charDevice", rdev: reader.varint() };
    case inodeTypes.blockDevice:
      return { ...attributes, type: "blockDevice", rdev: reader.varint() };
    default:
      throw reader.damaged("an entry has an unknown type");
  }
}

/** FORMAT.md, "Attributes". Xattrs must be sorted already. */
export function writeAttributes(writer: ByteWriter, attributes: Attributes): void {
  writer.varint(attributes.mode).varint(attributes.uid).varint(attributes.gid);
  writer.i64(attributes.mtime.seconds).u32(attributes.mtime.nanoseconds);
  writer.varint(attributes.xattrs.length);
  for (const { name, value } of attributes.xattrs) writer.countedLatin1(name).counted(value);
}

export function readAttributes(reader: ByteReader): Attributes {
  const mode = reader.varint();
  if (mode > maxMode) throw reader.damaged("a mode has more than twelve bits");
  const uid = reader.varint();
  const gid = reader.varint();
  if (uid > 0xffffffff || gid > 0xffffffff) throw reader.damaged("an owner is out of range");
  const mtime = { seconds: reader.i64(), nanoseconds: reader.u32() };
  if (mtime.nanoseconds > 999_999_999) throw reader.damaged("a time is out of range");
  let last = "";
  const xattrs = Array.from({ length: reader.count(2) }, (): Xattr => {
    const name = reader.countedLatin1();
    if (name <= last || name.length > maxXattrName || name.includes("\0")) {
      throw reader.damaged("an attribute's name is not valid or not in order");
    }
    last = name;
    return { name, value: Buffer.from(reader.counted()) };
  });
  return { mode, uid, gid, mtime, xattrs };
}

function readTarget(reader: ByteReader): Buffer {
  const target = Buffer.from(reader.counted());
  if (target.length === 0 || target.length > maxSymlinkBytes || target.includes(0)) {
    throw reader.damaged("a symbolic link's target is not valid");
  }
  return target;
}
