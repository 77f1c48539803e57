import type { Content } from "../../repository/contentFormat.ts";
import type { Attributes, Inode, Time, Xattr } from "../../repository/inodeFormat.ts";
import type { TreeRef } from "../../repository/structureReader.ts";
import type { ContentChange } from "./contentChange.ts";

/** The part of an inode that every kind has, while it is being edited. */
export interface EditedAttributes extends Attributes {
  mode: number;
  uid: number;
  gid: number;
  mtime: Time;
  xattrs: readonly Xattr[];
}

export type LeafBody =
  | { readonly type: "file"; content: Content; change: ContentChange | null }
  | { readonly type: "symlink"; readonly target: Buffer }
  | { readonly type: "fifo" | "socket" }
  | { readonly type: "charDevice" | "blockDevice"; readonly rdev: number };

/** Anything but a directory. Several names may share one node. */
export interface LeafNode {
  readonly kind: "leaf";
  readonly attributes: EditedAttributes;
  readonly body: LeafBody;
  /** How many names it has. */
  names: number;
  /** Its number in the table of hard links, if it is there. */
  link: number | null;
  /** One of its names, as last seen, and the directory that holds it. */
  directory: DirectoryNode;
  name: string;
}

/** A hard link of the base that no command has touched. */
export interface LinkName {
  readonly kind: "link";
  readonly link: number;
}

export interface DirectoryNode {
  readonly kind: "directory";
  readonly attributes: EditedAttributes;
  parent: DirectoryNode | null;
  /** Its name there. */
  name: string;
  /** The tree in the repository it was loaded from, or will be; null when it is new. */
  readonly base: TreeRef | null;
  /** By byte string, as far as they are in memory; null while none are. See `Directories`. */
  children: Map<string, SnapshotNode> | null;
  /** Its number in the spill, where the other children lie; null when there are no others. */
  spilled: number | null;
  /** Whether its tree must be written anew. A dirty directory has dirty ancestors only. */
  dirty: boolean;
}

export type SnapshotNode = DirectoryNode | LeafNode | LinkName;

const noXattrs: readonly Xattr[] = [];

/** What a name has between the command that makes it and those that complete it. */
export function newAttributes(mode: number): EditedAttributes {
  return { mode, uid: 0, gid: 0, mtime: { seconds: 0, nanoseconds: 0 }, xattrs: noXattrs };
}

export function copyAttributes({ mode, uid, gid, mtime, xattrs }: Attributes): EditedAttributes {
  return { mode, uid, gid, mtime, xattrs };
}

export function newDirectory(parent: DirectoryNode | null, name: string): DirectoryNode {
  return {
    kind: "directory",
    attributes: newAttributes(0o755),
    parent,
    name,
    base: null,
    children: new Map(),
    spilled: null,
    dirty: true,
  };
}

export function newLeaf(directory: DirectoryNode, name: string, body: LeafBody, mode: number): LeafNode {
  return { kind: "leaf", attributes: newAttributes(mode), body, names: 1, link: null, directory, name };
}

/** The node of an inode that is no directory. */
export function leafOf(
  inode: Exclude<Inode, { type: "directory" }>,
  directory: DirectoryNode,
  name: string,
): LeafNode {
  return {
    kind: "leaf",
    attributes: copyAttributes(inode),
    body: bodyOf(inode),
    names: 1,
    link: null,
    directory,
    name,
  };
}

export function directoryOf(
  inode: Inode & { type: "directory" },
  parent: DirectoryNode,
  name: string,
): DirectoryNode {
  const { tree, entries, bytes } = inode;
  return {
    kind: "directory",
    attributes: copyAttributes(inode),
    parent,
    name,
    base: { tree, entries, bytes },
    children: null,
    spilled: null,
    dirty: false,
  };
}

export function markDirty(directory: DirectoryNode): void {
  for (let at: DirectoryNode | null = directory; at && !at.dirty; at = at.parent) at.dirty = true;
}

function bodyOf(inode: Exclude<Inode, { type: "directory" }>): LeafBody {
  switch (inode.type) {
    case "file":
      return { type: "file", content: inode.content, change: null };
    case "symlink":
      return { type: "symlink", target: inode.target };
    case "charDevice":
    case "blockDevice":
      return { type: inode.type, rdev: inode.rdev };
    case "fifo":
    case "socket":
      return { type: inode.type };
  }
}
