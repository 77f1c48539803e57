import { randomBytes } from "node:crypto";
import type { StreamCommand } from "../../volumes/sendStream/commands.ts";
import { damaged, type Digest } from "../../repository/digest.ts";
import type { Attributes, Inode } from "../../repository/inodeFormat.ts";
import type { LinkedInode } from "../../repository/linkFormat.ts";
import { attributesOfRoot, type Manifest } from "../../repository/manifest.ts";
import type { Repository } from "../../repository/repository.ts";
import {
  readLinkShard,
  readLinkTable,
  readRuns,
  readTrees,
  type TreeRef,
} from "../../repository/structureReader.ts";
import type { TreeEntry } from "../../repository/treeFormat.ts";

/** A piece of a file whose bytes are still to be fetched. */
export interface ChunkWrite {
  readonly kind: "chunk";
  readonly path: Buffer;
  readonly offset: number;
  readonly length: number;
  readonly chunk: Digest;
  /** Where they begin in the chunk. */
  readonly from: number;
  /** Whether the file has bytes there already, so that zeros must be written as well. */
  readonly overwrites?: boolean;
}

export type PlanStep = StreamCommand | ChunkWrite;

/** No path of a volume is longer, in bytes: the kernel could not name it. */
export const maxPathBytes = 4095;
/** More names than this are no workspace but an attack. */
const maxEntries = 2 ** 28;
/** Subdirectories that are looked up in one go, and about how many names are below those together. */
const directoriesAtOnce = 256;
const entriesAtOnce = 4096;
/** The first number btrfs gives to a file. */
const firstInode = 257;

const typeBits = { fifo: 0o010000, charDevice: 0o020000, blockDevice: 0o060000, socket: 0o140000 } as const;

interface Frame {
  readonly path: string;
  /** null for the root, whose attributes the manifest holds. */
  readonly attributes: Attributes;
  readonly entries: readonly TreeEntry[];
  readonly trees: Map<string, readonly TreeEntry[]>;
  next: number;
}

/**
 * The send stream that makes a snapshot, with a placeholder where bytes of files belong. Reading the
 * whole plan proves that the trees are sound and stay inside the volume. Memory grows with the widest
 * directories on one path and with the number of hard links.
 * @throws ForkpointError OBJECT_MISSING, OBJECT_DAMAGED, PATH_OUTSIDE_VOLUME
 */
export class SnapshotPlan {
  readonly #repository: Repository;
  readonly #manifest: Manifest;
  readonly #signal: AbortSignal;
  #nextInode = firstInode;

  constructor(repository: Repository, manifest: Manifest, signal: AbortSignal) {
    this.#repository = repository;
    this.#manifest = manifest;
    this.#signal = signal;
  }

  /** @param name what the subvolume is to be called */
  async *steps(name: string): AsyncGenerator<PlanStep> {
    this.#nextInode = firstInode;
    const links = await this.#readLinks();
    const firstNames = new Map<number, Buffer>();
    yield { kind: "subvol", path: Buffer.from(name, "utf8"), uuid: randomBytes(16), ctransid: 1n };
    const stack = [await this.#rootFrame()];
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const entry = frame.entries[frame.next++];
      if (!entry) {
        stack.pop();
        yield* attributeSteps(Buffer.from(frame.path, "latin1"), frame.attributes, "directory");
        continue;
      }
      const path = frame.path === "" ? entry.name : `${frame.path}/${entry.name}`;
      if (path.length > maxPathBytes) throw this.#damaged("a path is too long");
      const bytes = Buffer.from(path, "latin1");
      if ("link" in entry) yield* this.#linkSteps(bytes, entry.link, links, firstNames);
      else if (entry.inode.type === "directory") {
        yield { kind: "mkdir", path: bytes, inode: this.#nextInode++ };
        stack.push(await this.#openDirectory(frame, path, entry.name, entry.inode));
      } else yield* this.#leafSteps(bytes, entry.inode);
    }
    for (const { link, names } of links.values()) {
      if (names !== 0) throw this.#damaged(`inode ${link} of its links has another number of names`);
    }
    yield { kind: "end" };
  }

  async #rootFrame(): Promise<Frame> {
    const { counts, root } = this.#manifest;
    if (counts.entries > maxEntries) throw this.#damaged("it names more files than a volume can hold");
    const ref = { tree: root.tree, entries: counts.entries, bytes: counts.bytes - counts.linkedBytes };
    const [entries = []] = await readTrees(this.#repository.blobs, [ref], this.#signal);
    return { path: "", attributes: attributesOfRoot(this.#manifest), entries, trees: new Map(), next: 0 };
  }

  async #openDirectory(
    above: Frame,
    path: string,
    name: string,
    inode: Inode & { type: "directory" },
  ): Promise<Frame> {
    if (!above.trees.has(name)) await this.#readAhead(above);
    const entries = above.trees.get(name) ?? [];
    above.trees.delete(name);
    return { path, attributes: inode, entries, trees: new Map(), next: 0 };
  }

  /** Loads the trees of the next subdirectories of a directory. */
  async #readAhead(frame: Frame): Promise<void> {
    const names: string[] = [];
    const refs: TreeRef[] = [];
    let below = 0;
    for (let at = frame.next - 1; at < frame.entries.length && refs.length < directoriesAtOnce; at++) {
      const entry = frame.entries[at];
      if (!entry || "link" in entry || entry.inode.type !== "directory") continue;
      below += entry.inode.entries;
      if (refs.length > 0 && below > entriesAtOnce) break;
      names.push(entry.name);
      refs.push(entry.inode);
    }
    const trees = await readTrees(this.#repository.blobs, refs, this.#signal);
    for (const [at, name] of names.entries()) frame.trees.set(name, trees[at] ?? []);
  }

  async #readLinks(): Promise<Map<number, { link: number; names: number; inode: LinkedInode["inode"] }>> {
    const { blobs } = this.#repository;
    const links = new Map<number, { link: number; names: number; inode: LinkedInode["inode"] }>();
    const shards = await readLinkTable(blobs, this.#manifest.links, this.#signal);
    const bytes = shards.reduce((sum, shard) => sum + shard.bytes, 0);
    if (bytes !== this.#manifest.counts.linkedBytes) throw this.#damaged("its totals do not add up");
    for (const shard of shards) {
      for (const linked of await readLinkShard(blobs, shard, this.#signal)) {
        links.set(linked.link, { ...linked });
      }
    }
    return links;
  }

  async *#linkSteps(
    path: Buffer,
    link: number,
    links: Map<number, { names: number; inode: Inode }>,
    firstNames: Map<number, Buffer>,
  ): AsyncGenerator<PlanStep> {
    const linked = links.get(link);
    if (!linked || linked.inode.type === "directory")
      throw this.#damaged(`inode ${link} of its links is missing`);
    linked.names--;
    const first = firstNames.get(link);
    if (first) yield { kind: "link", path, target: first };
    else {
      firstNames.set(link, path);
      yield* this.#leafSteps(path, linked.inode);
    }
  }

  async *#leafSteps(path: Buffer, inode: Exclude<Inode, { type: "directory" }>): AsyncGenerator<PlanStep> {
    yield makeStep(path, inode, this.#nextInode++);
    if (inode.type === "file") yield* this.#contentSteps(path, inode);
    yield* attributeSteps(path, inode, inode.type);
  }

  async *#contentSteps(path: Buffer, { content }: Inode & { type: "file" }): AsyncGenerator<PlanStep> {
    let offset = 0;
    let written = 0;
    for await (const runs of readRuns(this.#repository.blobs, content, this.#signal)) {
      for (const { length, chunk, from } of runs) {
        if (chunk !== null) {
          yield { kind: "chunk", path, offset, length, chunk, from };
          written = offset + length;
        }
        offset += length;
      }
    }
    if (written < content.size) yield { kind: "truncate", path, size: content.size };
  }

  #damaged(why: string) {
    return damaged(`snapshot ${this.#manifest.snapshotId}`, why);
  }
}

/** The command that makes an entry that is no directory; a file is empty. @param number of its inode */
export function makeStep(
  path: Buffer,
  inode: Exclude<Inode, { type: "directory" }>,
  number: number,
): StreamCommand {
  switch (inode.type) {
    case "file":
      return { kind: "mkfile", path, inode: number };
    case "symlink":
      return { kind: "symlink", path, inode: number, target: inode.target };
    case "fifo":
    case "socket": {
      const kind = inode.type === "fifo" ? "mkfifo" : "mksock";
      return { kind, path, inode: number, rdev: 0n, mode: typeBits[inode.type] | inode.mode };
    }
    case "charDevice":
    case "blockDevice": {
      const mode = typeBits[inode.type] | inode.mode;
      return { kind: "mknod", path, inode: number, rdev: BigInt(inode.rdev), mode };
    }
  }
}

/** Owner before mode and attributes, since a change of owner clears setuid bits and capabilities. */
export function* attributeSteps(
  path: Buffer,
  attributes: Attributes,
  type: Inode["type"],
): Generator<StreamCommand> {
  const { uid, gid, mode, mtime, xattrs } = attributes;
  yield { kind: "chown", path, uid, gid };
  if (type !== "symlink") yield { kind: "chmod", path, mode };
  for (const { name, value } of xattrs) {
    yield { kind: "setXattr", path, name: Buffer.from(name, "latin1"), data: value };
  }
  yield { kind: "utimes", path, atime: mtime, mtime, ctime: mtime };
}
