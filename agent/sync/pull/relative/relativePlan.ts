import { damaged } from "../../../repository/digest.ts";
import type { Content, Run } from "../../../repository/contentFormat.ts";
import type { Attributes, Inode } from "../../../repository/inodeFormat.ts";
import type { Manifest } from "../../../repository/manifest.ts";
import type { Repository } from "../../../repository/repository.ts";
import { readRuns, readTrees } from "../../../repository/structureReader.ts";
import type { TreeEntry } from "../../../repository/treeFormat.ts";
import { maxPathBytes } from "../snapshotPlan.ts";
import { ChunkSources } from "./chunkSources.ts";
import { editOf, type FileEdit, type NewBytes } from "./fileEdit.ts";
import { LinkedInodes } from "./linkedInodes.ts";
import { Moves } from "./moves.ts";
import type { Dressing, Leaf, Remaking } from "./remaking.ts";
import {
  below,
  isSameContent,
  isSameObject,
  sameAttributes,
  TreeDifference,
  UnfitRelative,
  type NewNode,
  type OldTree,
} from "./treeDifference.ts";

/** Attributes that an entry may get from the folder it is made in. */
const inherited = ["system.posix_acl_access", "system.posix_acl_default", "btrfs.compression"];
/** What a name in a tree weighs in the store, about: whether it pays to look for chunks in all of them. */
const entryBytes = 128;
const foldersAtOnce = 256;

/** Works out what makes one snapshot out of another that is on the same disk. */
export class RelativePlan {
  #fetchedBytes = 0;
  readonly #repository: Repository;
  readonly #signal: AbortSignal;
  readonly #difference: TreeDifference;
  readonly #moves: Moves;
  readonly #sources: ChunkSources;
  readonly #older: LinkedInodes;
  readonly #newer: LinkedInodes;
  readonly #edits: FileEdit[] = [];
  readonly #dressings = new Map<string, Dressing>();
  /** Leaves to be made, in the place of `path`. */
  readonly #leaves: { readonly path: string; readonly inode: Leaf }[] = [];
  readonly #links: { readonly path: string; readonly target: string }[] = [];

  private constructor(
    repository: Repository,
    parts: { difference: TreeDifference; moves: Moves; older: LinkedInodes; newer: LinkedInodes },
    signal: AbortSignal,
  ) {
    this.#repository = repository;
    this.#signal = signal;
    this.#difference = parts.difference;
    this.#moves = parts.moves;
    this.#older = parts.older;
    this.#newer = parts.newer;
    this.#sources = new ChunkSources(repository.blobs, signal);
  }

  /**
   * Reads what is needed of both trees and finds what is here; nothing is made yet.
   * @throws UnfitRelative; ForkpointError OBJECT_*, STORE_*, PATH_OUTSIDE_VOLUME
   */
  static async make(
    repository: Repository,
    older: Manifest,
    newer: Manifest,
    signal: AbortSignal,
  ): Promise<Remaking> {
    const difference = await TreeDifference.between(repository, older, newer, signal);
    const moves = await Moves.find(repository, difference, signal);
    const { blobs } = repository;
    const tables = {
      older: new LinkedInodes(blobs, older.links, signal),
      newer: new LinkedInodes(blobs, newer.links, signal),
    };
    const plan = new RelativePlan(repository, { difference, moves, ...tables }, signal);
    await plan.#prepare();
    return plan.#result();
  }

  #result(): Remaking {
    return {
      fetchedBytes: this.#fetchedBytes,
      moves: this.#moves,
      sources: this.#sources,
      rootNames: this.#difference.rootNames,
      edits: this.#edits,
      dressings: this.#dressings,
      leaves: this.#leaves,
      links: this.#links,
    };
  }

  async #prepare(): Promise<void> {
    const { changedAttributes, changedFiles, touched } = this.#difference;
    const inPlace = [...changedAttributes, ...touched.values()];
    // What moves waits in the root meanwhile.
    if (this.#moves.moved.length > 0) inPlace.push(this.#difference.root);
    for (const { path, type, from, to } of inPlace) {
      this.#dress(path, type, to, from);
    }
    // What was done is let go, since of an edit less is kept.
    changedFiles.reverse();
    for (let file = changedFiles.pop(); file; file = changedFiles.pop()) {
      await this.#edit(file.path, file.from, file.to);
    }
    for (const { from, to } of this.#moves.moved) {
      if (!("link" in from.entry || "link" in to.entry)) {
        this.#dress(to.path, to.entry.inode.type, to.entry.inode, from.entry.inode);
      }
    }
    for (const node of this.#moves.made) {
      if ("link" in node.entry) continue;
      const { inode } = node.entry;
      if (inode.type === "directory") this.#dressNew(node, inode);
      else await this.#make(node, inode);
    }
    await this.#prepareLinks();
    await this.#findChunks();
  }

  /** Hard-linked inodes: those that change where they are, and those that get names. */
  async #prepareLinks(): Promise<void> {
    const changed = new Map<number, { from: Inode; to: Inode }>();
    for await (const { from, to } of this.#newer.sharedWith(this.#older)) {
      if (!isSameInode(from.inode, to.inode)) changed.set(to.link, { from: from.inode, to: to.inode });
    }
    const elsewhere = new Map<number, string>();
    const sought = new Set<number>();
    const { linkNames } = this.#difference;
    for (const link of new Set([...changed.keys(), ...linkNames.keys()])) {
      const names = linkNames.get(link);
      const isNeeded = changed.has(link) || (names?.added.length ?? 0) > 0;
      if (!isNeeded || (names && names.kept !== null)) continue;
      // Its other names lie in directories that were not read, where they lead to the relative's own inode.
      if ((await this.#newer.get(link)).names > (names?.visited ?? 0)) sought.add(link);
    }
    if (sought.size > 0) await this.#locate(sought, elsewhere);
    for (const [link, { from, to }] of changed) {
      const path = linkNames.get(link)?.kept ?? elsewhere.get(link);
      if (path === undefined) continue;
      if (!isSameObject(from, to))
        throw new UnfitRelative("a number of its links means another kind of file");
      if (from.type === "file" && to.type === "file") await this.#edit(path, from, to);
      else this.#dress(path, to.type, to, from);
    }
    for (const [link, { kept, added }] of linkNames) {
      const [first, ...others] = added;
      if (!first) continue;
      const target = kept ?? elsewhere.get(link);
      if (target === undefined) {
        const { inode } = await this.#newer.get(link);
        if (inode.type === "directory") throw damaged(`inode ${link}`, "a directory has several names");
        await this.#make(first, inode);
      }
      for (const { path } of target === undefined ? others : added) {
        this.#links.push({ path, target: target ?? first.path });
      }
    }
  }

  /** Looks for names of inodes in directories that are the same in both snapshots. */
  async #locate(sought: Set<number>, found: Map<number, string>): Promise<void> {
    for await (const { newPath, entry } of this.#sameEntries()) {
      if ("link" in entry && sought.delete(entry.link)) found.set(entry.link, newPath);
      if (sought.size === 0) return;
    }
    throw damaged("table of links", "it counts names that are not there");
  }

  /** Everything in the directories that are the same, at any depth, but for directories. */
  async *#sameEntries(): AsyncGenerator<{ oldPath: string; newPath: string; entry: TreeEntry }> {
    const open = [...this.#difference.same];
    while (open.length > 0) {
      for await (const { folder, entry } of this.#entriesOf(open.splice(0, foldersAtOnce))) {
        const oldPath = below(folder.oldPath, entry.name);
        const newPath = below(folder.newPath, entry.name);
        if ("inode" in entry && entry.inode.type === "directory") {
          open.push({ oldPath, newPath, ref: entry.inode });
        } else yield { oldPath, newPath, entry };
      }
    }
  }

  async *#entriesOf<T extends OldTree>(
    folders: readonly T[],
  ): AsyncGenerator<{ folder: T; entry: TreeEntry }> {
    for (let from = 0; from < folders.length; from += foldersAtOnce) {
      const some = folders.slice(from, from + foldersAtOnce);
      const refs = some.map(({ ref }) => ref);
      const trees = await readTrees(this.#repository.blobs, refs, this.#signal);
      for (const [at, folder] of some.entries()) {
        for (const entry of trees[at] ?? []) yield { folder, entry };
      }
    }
  }

  async #edit(path: string, from: Inode & { type: "file" }, to: Inode & { type: "file" }): Promise<void> {
    this.#dress(path, "file", to, from);
    if (isSameContent(from.content, to.content)) return;
    const [before, after] = [await this.#runs(from.content), await this.#runs(to.content)];
    this.#addEdit(editOf(path, before, after));
  }

  async #make(node: NewNode, inode: Leaf): Promise<void> {
    this.#leaves.push({ path: node.path, inode });
    this.#dressNew(node, inode);
    if (inode.type !== "file" || inode.content.size === 0) return;
    this.#addEdit(editOf(node.path, [], await this.#runs(inode.content)));
  }

  #addEdit(edit: FileEdit): void {
    this.#difference.count(edit.runs.length);
    this.#edits.push(edit);
    this.#sources.want(edit.runs);
  }

  async #runs(content: Content): Promise<Run[]> {
    const all: Run[] = [];
    for await (const some of readRuns(this.#repository.blobs, content, this.#signal)) all.push(...some);
    return all;
  }

  #dress(path: string, type: Inode["type"], to: Attributes, from: Attributes): void {
    const without = from.xattrs.map(({ name }) => name).filter((name) => !has(to, name));
    this.#dressings.set(path, { path, type, to, without });
  }

  #dressNew({ path, inherits }: NewNode, inode: Inode): void {
    if (path.length > maxPathBytes) throw damaged("the snapshot", "a path is too long");
    const mayInherit = inherits && inode.type !== "symlink";
    const without = mayInherit ? inherited.filter((name) => !has(inode, name)) : [];
    this.#dressings.set(path, { path, type: inode.type, to: inode, without });
  }

  /** Looks for the wanted chunks near by first, then everywhere if that costs less than to fetch them. */
  async #findChunks(): Promise<void> {
    const { seen, same } = this.#difference;
    if (this.#sources.missingBytes > 0) {
      for await (const { folder, entry } of this.#entriesOf(seen)) {
        await this.#offer(below(folder.oldPath, entry.name), entry);
        if (this.#sources.missingBytes === 0) break;
      }
    }
    const unread = same.reduce((sum, { ref }) => sum + ref.entries, 0);
    if (this.#sources.missingBytes > unread * entryBytes) {
      for await (const { oldPath, entry } of this.#sameEntries()) {
        await this.#offer(oldPath, entry);
        if (this.#sources.missingBytes === 0) break;
      }
    }
    for (const { runs } of this.#edits) for (const run of runs) this.#checkFetched(run);
  }

  /** @param path where the entry is in the relative */
  async #offer(path: string, entry: TreeEntry): Promise<void> {
    const inode = "link" in entry ? (await this.#older.get(entry.link)).inode : entry.inode;
    if (inode.type === "file" && inode.content.size > 0) await this.#sources.offer(path, inode.content);
  }

  #checkFetched(bytes: NewBytes): void {
    if (this.#sources.find(bytes)) return;
    const { chunk, from, length } = bytes;
    const location = this.#repository.index.find({ kind: "chunk", id: chunk });
    if (!location || location.plainLength < from + length) {
      throw damaged(`chunk ${chunk}`, "it is not there, or it is too short");
    }
    this.#fetchedBytes += length;
  }
}

function has({ xattrs }: Attributes, name: string): boolean {
  return xattrs.some((each) => each.name === name);
}

function isSameInode(a: Inode, b: Inode): boolean {
  const isSameBytes = a.type !== "file" || b.type !== "file" || isSameContent(a.content, b.content);
  return isSameObject(a, b) && sameAttributes(a, b) && isSameBytes;
}
