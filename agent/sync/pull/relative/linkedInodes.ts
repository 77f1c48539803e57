import type { BlobReader } from "../../../repository/blobReader.ts";
import { damaged, type Digest } from "../../../repository/digest.ts";
import { shardOf, type LinkedInode, type ShardRef } from "../../../repository/linkFormat.ts";
import { readLinkShard, readLinkTable } from "../../../repository/structureReader.ts";

/** A snapshot's table of hard links, read as far as it is asked for. */
export class LinkedInodes {
  readonly #blobs: BlobReader;
  readonly #table: Digest | null;
  readonly #signal: AbortSignal;
  readonly #shards = new Map<number, ReadonlyMap<number, LinkedInode>>();
  #refs: ReadonlyMap<number, ShardRef> | null = null;

  constructor(blobs: BlobReader, table: Digest | null, signal: AbortSignal) {
    this.#blobs = blobs;
    this.#table = table;
    this.#signal = signal;
  }

  /** @throws ForkpointError OBJECT_* */
  async get(link: number): Promise<LinkedInode> {
    const found = (await this.#shard(shardOf(link))).get(link);
    if (!found) throw damaged(`table of links ${this.#table ?? "(none)"}`, `it has no inode ${link}`);
    return found;
  }

  /** Numbers that both tables have, each with what it is in `older` and here; shards of the same digest are passed over. */
  async *sharedWith(older: LinkedInodes): AsyncGenerator<{ from: LinkedInode; to: LinkedInode }> {
    if (this.#table === older.#table) return;
    const olderRefs = await older.#shardRefs();
    for (const { shard, id } of (await this.#shardRefs()).values()) {
      const former = olderRefs.get(shard);
      if (!former || former.id === id) continue;
      const olds = await older.#shard(shard);
      for (const to of (await this.#shard(shard)).values()) {
        const from = olds.get(to.link);
        if (from) yield { from, to };
      }
    }
  }

  async #shard(number: number): Promise<ReadonlyMap<number, LinkedInode>> {
    const known = this.#shards.get(number);
    if (known) return known;
    const ref = (await this.#shardRefs()).get(number);
    const inodes = ref ? await readLinkShard(this.#blobs, ref, this.#signal) : [];
    const shard = new Map(inodes.map((inode) => [inode.link, inode]));
    this.#shards.set(number, shard);
    return shard;
  }

  async #shardRefs(): Promise<ReadonlyMap<number, ShardRef>> {
    if (!this.#refs) {
      const refs = await readLinkTable(this.#blobs, this.#table, this.#signal);
      this.#refs = new Map(refs.map((ref) => [ref.shard, ref]));
    }
    return this.#refs;
  }
}
