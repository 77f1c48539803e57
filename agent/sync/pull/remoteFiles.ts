import { ForkpointError } from "../../protocol/errors.ts";
import type { RemoteFile } from "../../protocol/storeReports.ts";
import { damaged, type Digest } from "../../repository/digest.ts";
import type { Inode } from "../../repository/inodeFormat.ts";
import { shardOf } from "../../repository/linkFormat.ts";
import type { Repository } from "../../repository/repository.ts";
import {
  readLinkShard,
  readLinkTable,
  readRuns,
  readTree,
  type TreeRef,
} from "../../repository/structureReader.ts";
import type { TreeEntry } from "../../repository/treeFormat.ts";
import { decodeVolumePath, encodeVolumePath } from "../../protocol/volumePath.ts";

/** The most bytes of a file that are given at once. */
export const mostBytes = 1024 * 1024;

/** Where a snapshot lies in the store. */
export interface RemoteSnapshot {
  readonly projectId: string;
  readonly manifestDigest: Digest;
}

/** Reads single folders and files of a snapshot from the store; nothing is rebuilt. */
export class RemoteFiles {
  readonly #repository: Repository;
  readonly #signal: AbortSignal;

  constructor(repository: Repository, signal: AbortSignal) {
    this.#repository = repository;
    this.#signal = signal;
  }

  /**
   * What a folder holds, sorted by the bytes of the names; of anything else, itself.
   * @param path as in `Change.path`; empty for the root
   * @throws ForkpointError PATH_NOT_FOUND, OBJECT_*, STORE_*
   */
  async list(
    snapshot: RemoteSnapshot,
    path: string,
    page: { readonly after: string | undefined; readonly limit: number },
  ): Promise<{ files: RemoteFile[]; more: boolean }> {
    const { manifest, entry, tree } = await this.#find(snapshot, path);
    if (entry) return { files: [await this.#describe(entry, manifest.links)], more: false };
    const entries = await readTree(this.#repository.blobs, tree, this.#signal);
    const after = page.after === undefined ? "" : decodeVolumePath(page.after).toString("latin1");
    const rest = entries.filter(({ name }) => name > after);
    const files: RemoteFile[] = [];
    for (const each of rest.slice(0, page.limit)) files.push(await this.#describe(each, manifest.links));
    return { files, more: rest.length > page.limit };
  }

  /**
   * Bytes of a file from `offset`, at most 1 MiB; none at its end.
   * @throws ForkpointError PATH_NOT_FOUND when it is no file, OBJECT_*, STORE_*
   */
  async read(
    snapshot: RemoteSnapshot,
    path: string,
    offset: number,
  ): Promise<{ bytes: Buffer; size: number }> {
    const { manifest, entry } = await this.#find(snapshot, path);
    const inode = entry && (await this.#inode(entry, manifest.links));
    if (inode?.type !== "file") {
      throw new ForkpointError("PATH_NOT_FOUND", `${path === "" ? "The root" : path} is no file.`, {
        hint: "Look at what is there with `forkpoint ls --remote`.",
      });
    }
    const { content } = inode;
    const end = Math.min(offset + mostBytes, content.size);
    const bytes = Buffer.alloc(Math.max(0, end - offset));
    let at = 0;
    for await (const runs of readRuns(this.#repository.blobs, content, this.#signal)) {
      for (const { length, chunk, from: offsetInChunk } of runs) {
        const [from, to] = [Math.max(at, offset), Math.min(at + length, end)];
        if (chunk !== null && from < to) {
          const plain = await this.#repository.blobs.read("chunk", chunk, this.#signal);
          if (plain.length < offsetInChunk + length) throw damaged(`chunk ${chunk}`, "it is too short");
          plain.copy(bytes, from - offset, offsetInChunk + from - at, offsetInChunk + to - at);
        }
        at += length;
      }
      if (at >= end) break;
    }
    return { bytes, size: content.size };
  }

  async #find({ projectId, manifestDigest }: RemoteSnapshot, path: string) {
    const { blobs } = this.#repository;
    const manifest = await this.#repository.readManifest(projectId, manifestDigest, this.#signal);
    const { entries, bytes, linkedBytes } = manifest.counts;
    let tree: TreeRef = { tree: manifest.root.tree, entries, bytes: bytes - linkedBytes };
    let entry: TreeEntry | null = null;
    for (const part of path === "" ? [] : decodeVolumePath(path).toString("latin1").split("/")) {
      if (entry) throw notFound(path);
      const next = (await readTree(blobs, tree, this.#signal)).find(({ name }) => name === part);
      if (!next) throw notFound(path);
      if ("inode" in next && next.inode.type === "directory") tree = next.inode;
      else entry = next;
    }
    return { manifest, entry, tree };
  }

  async #inode(entry: TreeEntry, links: Digest | null): Promise<Inode> {
    if ("inode" in entry) return entry.inode;
    const { blobs } = this.#repository;
    const table = await readLinkTable(blobs, links, this.#signal);
    const shard = table.find((each) => each.shard === shardOf(entry.link));
    const inodes = shard ? await readLinkShard(blobs, shard, this.#signal) : [];
    const linked = inodes.find(({ link }) => link === entry.link);
    if (!linked) throw damaged("table of links", `inode ${entry.link} is missing`);
    return linked.inode;
  }

  async #describe(entry: TreeEntry, links: Digest | null): Promise<RemoteFile> {
    const inode = await this.#inode(entry, links);
    const { mode, uid, gid, mtime } = inode;
    const bytes =
      inode.type === "directory" ? inode.bytes : inode.type === "file" ? inode.content.size : null;
    return {
      name: encodeVolumePath(Buffer.from(entry.name, "latin1")),
      type: inode.type,
      size: bytes,
      mode,
      uid,
      gid,
      modifiedAt: new Date(mtime.seconds * 1000 + Math.floor(mtime.nanoseconds / 1e6)).toISOString(),
      target: inode.type === "symlink" ? encodeVolumePath(inode.target) : null,
    };
  }
}

function notFound(path: string): ForkpointError {
  return new ForkpointError("PATH_NOT_FOUND", `The snapshot has no ${path}.`, {
    hint: "Look at what is there with `forkpoint ls --remote`.",
  });
}
