import type { BlobReader } from "../../repository/blobReader.ts";
import { damaged, type Digest } from "../../repository/digest.ts";
import type { Inode } from "../../repository/inodeFormat.ts";
import {
  encodeLinkShard,
  encodeLinkTable,
  shardBytes,
  shardOf,
  type LinkedInode,
  type ShardRef,
} from "../../repository/linkFormat.ts";
import type { PackWriter } from "../../repository/packWriter.ts";
import { readLinkShard, readLinkTable } from "../../repository/structureReader.ts";
import { leafOf, type DirectoryNode, type LeafNode } from "./nodes.ts";

/** A shard that was loaded: nodes where a name of the inode was touched, else the inode as it was read. */
type Shard = Map<number, LeafNode | LinkedInode>;

/**
 * The table of hard-linked inodes of a snapshot, edited in place. Only the shards that hold an inode
 * that is touched are loaded, and only those that changed are written.
 */
export class LinkTableEditor {
  readonly #blobs: BlobReader;
  readonly #signal: AbortSignal;
  readonly #table: Digest | null;
  readonly #loaded = new Map<number, Shard>();
  readonly #dirty = new Set<number>();
  #refs: Map<number, ShardRef> | null = null;

  constructor(blobs: BlobReader, table: Digest | null, signal: AbortSignal) {
    this.#blobs = blobs;
    this.#table = table;
    this.#signal = signal;
  }

  /** The one node of a linked inode, which `directory` holds by `name`. */
  async node(link: number, directory: DirectoryNode, name: string): Promise<LeafNode> {
    const shard = await this.#shard(shardOf(link));
    const found = shard.get(link);
    if (found && "kind" in found) return found;
    if (!found || found.inode.type === "directory") {
      throw damaged(`links ${this.#table ?? "(none)"}`, `it has no inode ${link}`);
    }
    const node = leafOf(found.inode, directory, name);
    node.names = found.names;
    node.link = link;
    shard.set(link, node);
    return node;
  }

  /** Gives the node a number: `preferred`, or the next that is free. */
  async add(node: LeafNode, preferred: number): Promise<void> {
    for (let link = preferred; ; link++) {
      const shard = await this.#shard(shardOf(link));
      if (shard.has(link)) continue;
      shard.set(link, node);
      node.link = link;
      this.#dirty.add(shardOf(link));
      return;
    }
  }

  async remove(node: LeafNode): Promise<void> {
    if (node.link === null) return;
    const shard = await this.#shard(shardOf(node.link));
    shard.delete(node.link);
    this.#dirty.add(shardOf(node.link));
    node.link = null;
  }

  touch(node: LeafNode): void {
    if (node.link !== null) this.#dirty.add(shardOf(node.link));
  }

  /** Writes what changed. `inodeOf` gives the finished inode of a node. */
  async write(
    packs: PackWriter,
    inodeOf: (node: LeafNode) => Promise<Inode>,
  ): Promise<{ table: Digest | null; bytes: number }> {
    if (this.#dirty.size === 0 && this.#table === null) return { table: null, bytes: 0 };
    const refs = await this.#shardRefs();
    for (const number of this.#dirty) {
      const shard = await this.#shard(number);
      const inodes: LinkedInode[] = [];
      for (const [link, entry] of [...shard].toSorted(([a], [b]) => a - b)) {
        inodes.push(
          "kind" in entry ? { link, names: entry.names, inode: await inodeOf(entry) } : { ...entry },
        );
      }
      if (inodes.length === 0) refs.delete(number);
      else {
        const id = await packs.add("links", encodeLinkShard(inodes));
        refs.set(number, { shard: number, id, count: inodes.length, bytes: shardBytes(inodes) });
      }
    }
    const sorted = [...refs.values()].toSorted((a, b) => a.shard - b.shard);
    if (sorted.length === 0) return { table: null, bytes: 0 };
    const bytes = sorted.reduce((sum, ref) => sum + ref.bytes, 0);
    return { table: await packs.add("links", encodeLinkTable(sorted)), bytes };
  }

  async #shard(number: number): Promise<Shard> {
    const loaded = this.#loaded.get(number);
    if (loaded) return loaded;
    const ref = (await this.#shardRefs()).get(number);
    const inodes = ref ? await readLinkShard(this.#blobs, ref, this.#signal) : [];
    const shard: Shard = new Map(inodes.map((inode) => [inode.link, inode]));
    this.#loaded.set(number, shard);
    return shard;
  }

  async #shardRefs(): Promise<Map<number, ShardRef>> {
    if (!this.#refs) {
      const refs = await readLinkTable(this.#blobs, this.#table, this.#signal);
      this.#refs = new Map(refs.map((ref) => [ref.shard, ref]));
    }
    return this.#refs;
  }
}
