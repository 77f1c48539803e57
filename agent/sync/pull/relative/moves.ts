import { createHash } from "node:crypto";
import type { Content } from "../../../repository/contentFormat.ts";
import type { Repository } from "../../../repository/repository.ts";
import { readTrees, type TreeRef } from "../../../repository/structureReader.ts";
import type { TreeEntry } from "../../../repository/treeFormat.ts";
import { below, type NewNode, type OldNode, type TreeDifference } from "./treeDifference.ts";

/** What takes a new place, with all it holds. */
export interface Move {
  readonly from: OldNode;
  readonly to: NewNode;
}

const foldersAtOnce = 256;

/**
 * Finds, for what came, what went: a directory with the same tree or a file with the same content is moved
 * instead of made. What goes for good, and what must be made, is left.
 */
export class Moves {
  readonly moved: Move[] = [];
  /** Each folder before what lies in it. Hard links are in `TreeDifference.linkNames`. */
  readonly made: NewNode[] = [];
  readonly #difference: TreeDifference;
  readonly #repository: Repository;
  readonly #signal: AbortSignal;
  /** Everything that went, with all that lay in it as far as it was looked into. */
  readonly #gone: OldNode[] = [];
  readonly #byTree = new Map<string, OldNode[]>();
  readonly #byContent = new Map<string, OldNode[]>();
  readonly #taken = new Set<OldNode>();
  /** Folders something was taken out of. */
  readonly #robbed = new Set<OldNode>();

  private constructor(repository: Repository, difference: TreeDifference, signal: AbortSignal) {
    this.#repository = repository;
    this.#difference = difference;
    this.#signal = signal;
  }

  /** @throws UnfitRelative; ForkpointError OBJECT_*, STORE_*, PATH_OUTSIDE_VOLUME */
  static async find(repository: Repository, difference: TreeDifference, signal: AbortSignal): Promise<Moves> {
    const moves = new Moves(repository, difference, signal);
    await moves.#run();
    return moves;
  }

  /** Names to be removed, of anything but folders. */
  get unlinked(): readonly OldNode[] {
    return this.#gone.filter((node) => !isFolder(node) && !this.#isTaken(node));
  }

  /** Folders to be removed, inner ones first. */
  get emptied(): readonly OldNode[] {
    return this.#gone.filter((node) => isFolder(node) && !this.#isTaken(node)).reverse();
  }

  async #run(): Promise<void> {
    const { removed, added } = this.#difference;
    for (const node of removed) this.#offer(node);
    // Whole directories first, without looking into them: that is most of what moves.
    const open = added.filter((node) => !this.#moveFolder(node));
    await this.#lookIntoGone();
    const files: NewNode[] = [];
    for (let level = open; level.length > 0;) {
      const folders: NewNode[] = [];
      for (const node of level) {
        if ("link" in node.entry) this.#difference.noteNewLink(node.entry.link).added.push(node);
        else if (node.entry.inode.type !== "directory") files.push(node);
        else if (!this.#moveFolder(node)) {
          this.made.push(node);
          folders.push(node);
        }
      }
      level = await this.#childrenOfNew(folders);
    }
    for (const node of files) if (!this.#moveFile(node)) this.made.push(node);
  }

  #offer(node: OldNode): void {
    this.#gone.push(node);
    if ("link" in node.entry) return;
    const { inode } = node.entry;
    if (inode.type === "directory") push(this.#byTree, inode.tree, node);
    else if (inode.type === "file" && inode.content.size > 0) {
      push(this.#byContent, contentKey(inode.content), node);
    }
  }

  async #lookIntoGone(): Promise<void> {
    for (let level = this.#gone.filter((node) => !this.#taken.has(node)); level.length > 0;) {
      const next: OldNode[] = [];
      for (const { node, ref, entries } of await this.#readFolders(level)) {
        this.#difference.count(entries.length);
        this.#difference.seen.push({ oldPath: node.path, ref });
        for (const entry of entries) {
          const child = { path: below(node.path, entry.name), entry, above: node };
          this.#offer(child);
          next.push(child);
        }
      }
      level = next;
    }
  }

  async #childrenOfNew(folders: readonly NewNode[]): Promise<NewNode[]> {
    const children: NewNode[] = [];
    for (const { node, entries } of await this.#readFolders(folders)) {
      this.#difference.count(entries.length);
      for (const entry of entries) {
        children.push({ path: below(node.path, entry.name), entry, inherits: node.inherits });
      }
    }
    return children;
  }

  async #readFolders<T extends OldNode | NewNode>(nodes: readonly T[]) {
    const folders = nodes.flatMap((node) =>
      "inode" in node.entry && node.entry.inode.type === "directory" ? [{ node, ref: node.entry.inode }] : [],
    );
    const found: { node: T; ref: TreeRef; entries: readonly TreeEntry[] }[] = [];
    for (let at = 0; at < folders.length; at += foldersAtOnce) {
      const some = folders.slice(at, at + foldersAtOnce);
      const refs = some.map(({ ref }) => ref);
      const trees = await readTrees(this.#repository.blobs, refs, this.#signal);
      for (const [index, { node, ref }] of some.entries()) {
        found.push({ node, ref, entries: trees[index] ?? [] });
      }
    }
    return found;
  }

  #moveFolder(to: NewNode): boolean {
    if ("link" in to.entry || to.entry.inode.type !== "directory") return false;
    const { inode } = to.entry;
    // An empty one is made faster than it is moved.
    if (inode.entries === 0) return false;
    const from = firstFit(
      this.#byTree.get(inode.tree),
      (node) => !this.#robbed.has(node) && !this.#isTaken(node),
    );
    if (!from) return false;
    this.#take(from, to);
    this.#difference.same.push({ oldPath: from.path, newPath: to.path, ref: inode });
    return true;
  }

  #moveFile(to: NewNode): boolean {
    if ("link" in to.entry || to.entry.inode.type !== "file" || to.entry.inode.content.size === 0)
      return false;
    const key = contentKey(to.entry.inode.content);
    const from = firstFit(this.#byContent.get(key), (node) => !this.#isTaken(node));
    if (!from) return false;
    this.#take(from, to);
    return true;
  }

  #take(from: OldNode, to: NewNode): void {
    this.#taken.add(from);
    for (let at = from.above; at; at = at.above) this.#robbed.add(at);
    this.moved.push({ from, to });
  }

  /** Whether it, or a folder that holds it, has gone elsewhere. */
  #isTaken(node: OldNode): boolean {
    for (let at: OldNode | null = node; at; at = at.above) if (this.#taken.has(at)) return true;
    return false;
  }
}

function isFolder({ entry }: OldNode): boolean {
  return "inode" in entry && entry.inode.type === "directory";
}

/** Takes candidates off the list up to one that fits: what does not fit never will. */
function firstFit(nodes: OldNode[] | undefined, fits: (node: OldNode) => boolean): OldNode | undefined {
  for (let node = nodes?.shift(); node; node = nodes?.shift()) if (fits(node)) return node;
  return undefined;
}

function push(map: Map<string, OldNode[]>, key: string, node: OldNode): void {
  const known = map.get(key);
  if (known) known.push(node);
  else map.set(key, [node]);
}

function contentKey({ size, parts }: Content): string {
  const hash = createHash("sha256").update(`${size}\n`);
  if ("segments" in parts) {
    for (const { length, chunk } of parts.segments) hash.update(`${length} ${chunk ?? "-"}\n`);
  } else if ("piece" in parts) hash.update(`piece ${parts.piece.offset} ${parts.piece.chunk}\n`);
  else for (const { length, list } of parts.lists) hash.update(`list ${length} ${list}\n`);
  return hash.digest("base64url");
}
