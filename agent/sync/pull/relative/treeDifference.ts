import type { Content } from "../../../repository/contentFormat.ts";
import type { Attributes, Inode } from "../../../repository/inodeFormat.ts";
import { attributesOfRoot, type Manifest } from "../../../repository/manifest.ts";
import type { Repository } from "../../../repository/repository.ts";
import { readTrees, type TreeRef } from "../../../repository/structureReader.ts";
import type { TreeEntry } from "../../../repository/treeFormat.ts";

export type FileInode = Inode & { type: "file" };

/** An entry of the relative that is not in its place any more. Paths are byte strings, relative to the snapshot. */
export interface OldNode {
  readonly path: string;
  readonly entry: TreeEntry;
  readonly above: OldNode | null;
}

/** An entry of the wanted snapshot that is not in its place yet. */
export interface NewNode {
  readonly path: string;
  readonly entry: TreeEntry;
  /** Whether what is made there gets attributes from its folder: a default ACL, or how to compress. */
  readonly inherits: boolean;
}

/** What stays where it is, with other attributes. */
export interface ChangedAttributes {
  readonly path: string;
  readonly type: Inode["type"];
  readonly from: Attributes;
  readonly to: Attributes;
}

/** A directory of the relative. */
export interface OldTree {
  readonly oldPath: string;
  readonly ref: TreeRef;
}

/** A directory that both snapshots have, and nobody has looked into. */
export interface SameTree extends OldTree {
  readonly newPath: string;
}

/** The names of a hard-linked inode that the comparison came across in the wanted snapshot. */
export interface LinkNames {
  /** One that leads to it in the relative as well. */
  kept: string | null;
  readonly added: NewNode[];
  visited: number;
}

/** The plan takes about 3 KiB for each entry that differs; beyond this many, a pull from nothing takes less memory. */
export const mostDiffering = 40_000;
const foldersAtOnce = 256;
const inheritable = new Set(["system.posix_acl_default", "btrfs.compression"]);

/** The relative has too little in common with the wanted snapshot, or holds what cannot be built upon. */
export class UnfitRelative extends Error {}

interface Pair {
  readonly path: string;
  readonly from: Attributes;
  readonly to: Attributes;
  readonly older: TreeRef;
  readonly newer: TreeRef;
}

/**
 * What leads from one snapshot to another, by their trees alone. Directories with the same digest are not
 * read, so that the cost follows the change.
 */
export class TreeDifference {
  readonly removed: OldNode[] = [];
  readonly added: NewNode[] = [];
  readonly changedAttributes: ChangedAttributes[] = [];
  readonly changedFiles: { readonly path: string; readonly from: FileInode; readonly to: FileInode }[] = [];
  /** Folders that stay and in which names come or go, by path. */
  readonly touched = new Map<string, ChangedAttributes>();
  readonly same: SameTree[] = [];
  /** Directories of the relative that were read. What they hold is read again when it is wanted: it may be a lot. */
  readonly seen: OldTree[] = [];
  readonly linkNames = new Map<number, LinkNames>();
  /** Names of the root directories of both, if they were read. */
  readonly rootNames = new Set<string>();
  readonly root: ChangedAttributes;
  readonly #repository: Repository;
  readonly #signal: AbortSignal;
  #differing = 0;

  private constructor(repository: Repository, root: ChangedAttributes, signal: AbortSignal) {
    this.#repository = repository;
    this.root = root;
    this.#signal = signal;
  }

  /** @throws UnfitRelative when too much differs; ForkpointError OBJECT_*, STORE_*, PATH_OUTSIDE_VOLUME */
  static async between(
    repository: Repository,
    older: Manifest,
    newer: Manifest,
    signal: AbortSignal,
  ): Promise<TreeDifference> {
    const [from, to] = [attributesOfRoot(older), attributesOfRoot(newer)];
    const difference = new TreeDifference(repository, { path: "", type: "directory", from, to }, signal);
    await difference.#compare(older, newer);
    return difference;
  }

  /** Counts work that grows with the difference. @throws UnfitRelative */
  count(entries: number): void {
    this.#differing += entries;
    if (this.#differing > mostDiffering) throw new UnfitRelative("too much differs");
  }

  noteNewLink(link: number): LinkNames {
    const names = this.linkNames.get(link) ?? { kept: null, added: [], visited: 0 };
    this.linkNames.set(link, names);
    names.visited++;
    return names;
  }

  async #compare(older: Manifest, newer: Manifest): Promise<void> {
    const { from, to } = this.root;
    if (!sameAttributes(from, to)) this.changedAttributes.push(this.root);
    const open: Pair[] = [];
    const root = { path: "", from, to, older: rootRef(older), newer: rootRef(newer) };
    if (older.root.tree === newer.root.tree) this.same.push({ oldPath: "", newPath: "", ref: root.newer });
    else open.push(root);
    while (open.length > 0) {
      const pairs = open.splice(0, foldersAtOnce);
      const olds = await this.#read(pairs.map((pair) => pair.older));
      const news = await this.#read(pairs.map((pair) => pair.newer));
      for (const [at, pair] of pairs.entries()) {
        this.seen.push({ oldPath: pair.path, ref: pair.older });
        this.#folder(pair, olds[at] ?? [], news[at] ?? [], open);
      }
    }
  }

  #read(refs: readonly TreeRef[]): Promise<TreeEntry[][]> {
    return readTrees(this.#repository.blobs, refs, this.#signal);
  }

  #folder(pair: Pair, olds: readonly TreeEntry[], news: readonly TreeEntry[], open: Pair[]): void {
    const older = new Map(olds.map((entry) => [entry.name, entry]));
    if (pair.path === "") for (const { name } of [...olds, ...news]) this.rootNames.add(name);
    for (const entry of news) {
      const former = older.get(entry.name);
      older.delete(entry.name);
      if (!former) this.#add(pair, entry);
      else if (!this.#keep(pair, former, entry, open)) {
        this.#remove(pair, former);
        this.#add(pair, entry);
      }
    }
    for (const entry of older.values()) this.#remove(pair, entry);
  }

  /** Whether the entry can stay what it is on the disk, perhaps with another content or other attributes. */
  #keep(pair: Pair, former: TreeEntry, entry: TreeEntry, open: Pair[]): boolean {
    const path = below(pair.path, entry.name);
    if ("link" in former || "link" in entry) {
      if (!("link" in former && "link" in entry) || former.link !== entry.link) return false;
      this.noteNewLink(entry.link).kept ??= path;
      return true;
    }
    const [from, to] = [former.inode, entry.inode];
    if (!isSameObject(from, to)) return false;
    if (from.type === "directory" && to.type === "directory") {
      if (from.tree === to.tree) this.same.push({ oldPath: path, newPath: path, ref: to });
      else open.push({ path, from, to, older: from, newer: to });
    }
    if (from.type === "file" && to.type === "file" && !isSameContent(from.content, to.content)) {
      this.count(1);
      this.changedFiles.push({ path, from, to });
    } else if (!sameAttributes(from, to)) {
      this.count(1);
      this.changedAttributes.push({ path, type: to.type, from, to });
    }
    return true;
  }

  #add(pair: Pair, entry: TreeEntry): void {
    this.#touch(pair);
    const inherits = pair.from.xattrs.some(({ name }) => inheritable.has(name));
    this.added.push({ path: below(pair.path, entry.name), entry, inherits });
  }

  #remove(pair: Pair, entry: TreeEntry): void {
    this.#touch(pair);
    this.removed.push({ path: below(pair.path, entry.name), entry, above: null });
  }

  #touch({ path, from, to }: Pair): void {
    this.count(1);
    this.touched.set(path, { path, type: "directory", from, to });
  }
}

export function below(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

export function sameAttributes(a: Attributes, b: Attributes): boolean {
  return (
    a.mode === b.mode &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.mtime.seconds === b.mtime.seconds &&
    a.mtime.nanoseconds === b.mtime.nanoseconds &&
    a.xattrs.length === b.xattrs.length &&
    a.xattrs.every(({ name, value }, at) => {
      const other = b.xattrs[at];
      return other?.name === name && other.value.equals(value);
    })
  );
}

/** Whether one can become the other without being made anew. */
export function isSameObject(a: Inode, b: Inode): boolean {
  if (a.type === "symlink" && b.type === "symlink") return a.target.equals(b.target);
  if ("rdev" in a && "rdev" in b) return a.type === b.type && a.rdev === b.rdev;
  return a.type === b.type;
}

export function isSameContent(a: Content, b: Content): boolean {
  if (a.size !== b.size) return false;
  const [one, other] = [a.parts, b.parts];
  if ("segments" in one && "segments" in other) {
    const { segments } = other;
    return (
      one.segments.length === segments.length &&
      one.segments.every(
        ({ chunk, length }, at) => chunk === segments[at]?.chunk && length === segments[at].length,
      )
    );
  }
  if ("piece" in one && "piece" in other) {
    return one.piece.chunk === other.piece.chunk && one.piece.offset === other.piece.offset;
  }
  if (!("lists" in one && "lists" in other)) return false;
  const { lists } = other;
  return one.lists.length === lists.length && one.lists.every(({ list }, at) => list === lists[at]?.list);
}

function rootRef({ root, counts }: Manifest): TreeRef {
  return { tree: root.tree, entries: counts.entries, bytes: counts.bytes - counts.linkedBytes };
}
