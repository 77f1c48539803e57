import { crc32 } from "node:zlib";
import type { Content } from "../../repository/contentFormat.ts";
import type { PackWriter } from "../../repository/packWriter.ts";
import type { DirectoryNode, LeafNode } from "./nodes.ts";
import type { ReadBytes } from "./smallFiles.worker.ts";
import type { SnapshotFiles } from "./snapshotFiles.ts";
import type { TransferMeter } from "../transferMeter.ts";
import { pathOf } from "./treeEditor.ts";

/** Files shorter than this share chunks, of a length between the other two. All are bytes. */
export const smallFileBytes = 64 * 1024;
const leastBytes = 64 * 1024;
const mostBytes = 256 * 1024;
/** Behind the least, every so many files end a chunk. */
const filesPerEnd = 8;
/** Chunks that are read ahead. */
const readAhead = 16;

interface Gathered {
  readonly file: LeafNode;
  readonly path: string;
  readonly size: number;
}

/**
 * Stores the small files of a tree, several to a chunk: so a thousand of them cost a few requests, and compress well.
 * Where a chunk ends is told by the names of files, so that a further file changes one chunk and not all behind it.
 */
export class FileGatherer {
  readonly #files: SnapshotFiles;
  readonly #packs: PackWriter;
  readonly #meter: TransferMeter;
  readonly #reading: { group: readonly Gathered[]; read: Promise<ReadBytes> }[] = [];

  constructor(parts: { files: SnapshotFiles; packs: PackWriter; meter: TransferMeter }) {
    this.#files = parts.files;
    this.#packs = parts.packs;
    this.#meter = parts.meter;
  }

  /** Gives every changed small file below the directory its content. */
  async gather(root: DirectoryNode): Promise<void> {
    let group: Gathered[] = [];
    let bytes = 0;
    for (const next of smallFiles(root)) {
      if (bytes + next.size > mostBytes) {
        await this.#read(group);
        group = [];
        bytes = 0;
      }
      group.push(next);
      bytes += next.size;
      if (bytes >= leastBytes && crc32(Buffer.from(next.path, "latin1")) % filesPerEnd === 0) {
        await this.#read(group);
        group = [];
        bytes = 0;
      }
    }
    await this.#read(group);
    while (this.#reading.length > 0) await this.#store();
  }

  async #read(group: readonly Gathered[]): Promise<void> {
    if (group.length === 0) return;
    const read = this.#files.readSmall(group.map(({ path, size }) => ({ path, size })));
    // Reported where it is awaited.
    read.catch(() => undefined);
    this.#reading.push({ group, read });
    if (this.#reading.length > readAhead) await this.#store();
  }

  /** Takes the oldest of what is being read. */
  async #store(): Promise<void> {
    const next = this.#reading.shift();
    if (!next) return;
    const read = await next.read;
    const { buffer, byteOffset, length } = read.bytes;
    const release = () => this.#files.releaseSmall(read);
    const chunk = await this.#packs.add("chunk", Buffer.from(buffer, byteOffset, length), release, read.compressed);
    let offset = 0;
    for (const { file, size } of next.group) {
      const parts: Content["parts"] =
        next.group.length === 1 ? { segments: [{ length: size, chunk }] } : { piece: { chunk, offset } };
      if (file.body.type === "file") {
        file.body.content = { size, parts };
        file.body.change = null;
      }
      offset += size;
    }
    this.#meter.addFiles(next.group.length);
    await this.#meter.pace();
  }
}

/** The changed small files with one name, in the order of their paths. */
function* smallFiles(directory: DirectoryNode): Generator<Gathered> {
  if (!directory.dirty || !directory.children) return;
  for (const [, node] of [...directory.children].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (node.kind === "directory") yield* smallFiles(node);
    else if (node.kind === "leaf" && node.link === null && node.body.type === "file" && node.body.change) {
      const { size } = node.body.change;
      if (size > 0 && size < smallFileBytes) yield { file: node, path: pathOf(node), size };
    }
  }
}
