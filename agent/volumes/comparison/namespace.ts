import { lstatSync } from "node:fs";
import type { StreamCommand } from "../sendStream/commands.ts";
import { joinBytes, splitPath } from "../bytePaths.ts";

export type EntryType = "file" | "directory" | "symlink" | "other";

/** A file, directory or other object, whatever its names. */
export interface Inode {
  readonly type: EntryType;
  /** Whether it is new since the older snapshot. */
  readonly created: boolean;
  content: boolean;
  /** Owner, mode or attributes. */
  attributes: boolean;
  times: boolean;
  /** Extended attributes that were taken away. */
  removedXattrs: readonly Buffer[];
}

/** One name. `origin` is its path in the older snapshot, null for a name that is new. */
export interface Name {
  readonly inode: Inode;
  readonly origin: Buffer | null;
  parent: Name | null;
  name: Buffer;
  /** Keyed by the name's bytes as Latin-1; only children that a command touched or passed through. Most have none. */
  children: Map<string, Name> | null;
  /** Names that the older snapshot had here and the stream took away or moved. */
  gone: Set<string> | null;
}

const none: readonly Buffer[] = [];

/**
 * Follows the commands of an incremental stream over the names of the older snapshot, which it reads
 * only where a command points. The kernel renames through temporary names; what counts is where
 * each name began and where it ends.
 */
export class Namespace {
  readonly root: Name;
  /** Names of the older snapshot that ended. */
  readonly removed: Name[] = [];
  readonly #older: string;
  /** Inodes of the older snapshot that have several names, by number. */
  readonly #shared = new Map<number, Inode>();

  /** @param older the folder of the older snapshot */
  constructor(older: string) {
    this.#older = older;
    this.root = name(inode("directory", false), Buffer.alloc(0), null, Buffer.alloc(0));
  }

  apply(command: StreamCommand): void {
    switch (command.kind) {
      case "mkfile": {
        this.#create(command.path, "file");
        return;
      }
      case "mkdir": {
        this.#create(command.path, "directory");
        return;
      }
      case "symlink": {
        this.#create(command.path, "symlink");
        return;
      }
      case "mknod":
      case "mkfifo":
      case "mksock": {
        this.#create(command.path, "other");
        return;
      }
      case "rename": {
        const moved = this.#detach(command.path);
        this.#attach(command.to, moved);
        return;
      }
      case "link":
        this.#attach(command.path, name(this.#find(command.target).inode, null, null, Buffer.alloc(0)));
        return;
      case "unlink":
      case "rmdir": {
        const ended = this.#detach(command.path);
        if (ended.origin !== null) this.removed.push(ended);
        return;
      }
      case "write":
      case "clone":
      case "truncate":
      case "updateExtent":
        this.#find(command.path).inode.content = true;
        return;
      case "removeXattr": {
        const found = this.#find(command.path).inode;
        found.removedXattrs = [...found.removedXattrs, command.name];
        found.attributes = true;
        return;
      }
      case "chmod":
      case "chown":
      case "setXattr":
        this.#find(command.path).inode.attributes = true;
        return;
      case "utimes":
        this.#find(command.path).inode.times = true;
        return;
      case "subvol":
      case "snapshot":
      case "end":
        return;
    }
  }

  #create(path: Buffer, type: EntryType): void {
    this.#attach(path, name(inode(type, true), null, null, Buffer.alloc(0)));
  }

  #find(path: Buffer): Name {
    let at = this.root;
    for (const part of splitPath(path)) at = this.#child(at, part);
    return at;
  }

  #child(parent: Name, part: Buffer): Name {
    const key = part.toString("latin1");
    const known = parent.children?.get(key);
    if (known) return known;
    if (parent.origin === null || parent.gone?.has(key)) {
      throw new Error(`The stream names ${part.toString()}, which it did not make.`);
    }
    const origin = joinBytes(parent.origin, part);
    const child = name(this.#olderInode(origin), origin, parent, part);
    (parent.children ??= new Map()).set(key, child);
    return child;
  }

  #olderInode(origin: Buffer): Inode {
    const stat = lstatSync(joinBytes(Buffer.from(this.#older), origin));
    const made = inode(typeOf(stat), false);
    if (stat.isDirectory() || stat.nlink === 1) return made;
    const shared = this.#shared.get(stat.ino) ?? made;
    this.#shared.set(stat.ino, shared);
    return shared;
  }

  #detach(path: Buffer): Name {
    const found = this.#find(path);
    if (!found.parent) throw new Error("The stream removes the root.");
    const key = found.name.toString("latin1");
    found.parent.children?.delete(key);
    (found.parent.gone ??= new Set()).add(key);
    found.parent = null;
    return found;
  }

  #attach(path: Buffer, child: Name): void {
    const parts = splitPath(path);
    const last = parts.pop();
    if (!last) throw new Error("The stream makes the root.");
    let parent = this.root;
    for (const part of parts) parent = this.#child(parent, part);
    child.parent = parent;
    child.name = last;
    (parent.children ??= new Map()).set(last.toString("latin1"), child);
  }
}

/** The path a name has now, relative to the root. */
export function pathOf(at: Name): Buffer {
  return at.parent ? joinBytes(pathOf(at.parent), at.name) : at.name;
}

export function typeOf(stat: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}): EntryType {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "directory";
  return stat.isSymbolicLink() ? "symlink" : "other";
}

function inode(type: EntryType, created: boolean): Inode {
  return { type, created, content: false, attributes: false, times: false, removedXattrs: none };
}

function name(of: Inode, origin: Buffer | null, parent: Name | null, bytes: Buffer): Name {
  return { inode: of, origin, parent, name: bytes, children: null, gone: null };
}
