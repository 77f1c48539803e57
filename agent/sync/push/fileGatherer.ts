import { crc32 } from "node:zlib";
import type { Content } from "../../repository/contentFormat.ts";
import type { PackWriter } from "../../repository/packWriter.ts";
import type { ReadBytes } from "./smallFiles.worker.ts";
import type { SnapshotFiles } from "./snapshotFiles.ts";
import type { TransferMeter } from "../transferMeter.ts";

/** Files shorter than this share chunks, of a length between the other two. All are bytes. */
export const smallFileBytes = 64 * 1024;
const leastBytes = 64 * 1024;
const mostBytes = 256 * 1024;
/** Files of a few bytes each could be too many for memory. */
const mostFiles = 1024;
/** Behind the least, every so many files end a chunk. */
const filesPerEnd = 8;
/** Chunks that are read ahead. */
const readAhead = 16;

interface Gathered {
  readonly path: string;
  readonly size: number;
  readonly stored: (content: Content) => Promise<void>;
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
  #group: Gathered[] = [];
  #bytes = 0;

  constructor(parts: { files: SnapshotFiles; packs: PackWriter; meter: TransferMeter }) {
    this.#files = parts.files;
    this.#packs = parts.packs;
    this.#meter = parts.meter;
  }

  /**
   * The next file, in the order of a walk through all folders sorted by name.
   * @param stored called with its content, some files later, or by `finish`
   */
  async add(path: string, size: number, stored: Gathered["stored"]): Promise<void> {
    if (this.#bytes + size > mostBytes || this.#group.length === mostFiles) await this.#endGroup();
    this.#group.push({ path, size, stored });
    this.#bytes += size;
    const isEnd = this.#bytes >= leastBytes && crc32(Buffer.from(path, "latin1")) % filesPerEnd === 0;
    if (isEnd) await this.#endGroup();
  }

  async finish(): Promise<void> {
    await this.#endGroup();
    while (this.#reading.length > 0) await this.#store();
  }

  async #endGroup(): Promise<void> {
    const group = this.#group;
    if (group.length === 0) return;
    this.#group = [];
    this.#bytes = 0;
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
    const plain = Buffer.from(buffer, byteOffset, length);
    const release = () => this.#files.releaseSmall(read);
    const chunk = await this.#packs.add("chunk", plain, release, read.compressed);
    let offset = 0;
    for (const { size, stored } of next.group) {
      const parts: Content["parts"] =
        next.group.length === 1 ? { segments: [{ length: size, chunk }] } : { piece: { chunk, offset } };
      await stored({ size, parts });
      offset += size;
    }
    this.#meter.addFiles(next.group.length);
    await this.#meter.pace();
  }
}
