import { closeSync, lstatSync, readSync } from "node:fs";
import { ForkpointError } from "../../protocol/errors.ts";
import { unreadable } from "../../volumes/unreadable.ts";
import { windowBytes, type FileSource } from "./contentBuilder.ts";
import { SmallFileReaders } from "./smallFileReaders.ts";
import type { ReadBytes } from "./smallFiles.worker.ts";
import { UnreadableFile, openSnapshotFile, type SmallFile } from "./smallFiles.ts";
import type { TransferMeter } from "../transferMeter.ts";

/** An open file of a snapshot. */
export interface SnapshotFile extends FileSource {
  close(): void;
}

const noFile: SnapshotFile = {
  read: () => Buffer.alloc(0),
  release: () => undefined,
  close: () => undefined,
};

/** Reads the files of a read-only snapshot. Paths are byte strings relative to it. */
export class SnapshotFiles {
  readonly #root: string;
  readonly #meter: TransferMeter;
  readonly #small: SmallFileReaders;
  /** Buffers of one window each, to be used again: allocating them is dearer than filling them. */
  readonly #spare: ArrayBuffer[] = [];

  /** @param root the snapshot's absolute path */
  constructor(root: string, meter: TransferMeter) {
    this.#root = Buffer.from(`${root}/`, "utf8").toString("latin1");
    this.#meter = meter;
    this.#small = new SmallFileReaders(this.#root);
  }

  /**
   * Opens a file that must be `size` bytes long. A file of no bytes is not opened at all.
   * @throws ForkpointError STREAM_INVALID when the snapshot is not what was sent; FILES_UNREADABLE
   */
  open(path: string, size: number): SnapshotFile {
    if (size === 0) return noFile;
    const file = this.#translated(() => openSnapshotFile(this.#root, path, size));
    const read = (offset: number, length: number) => {
      const bytes =
        length < windowBytes / 4
          ? Buffer.allocUnsafeSlow(length)
          : Buffer.from(this.#spare.pop() ?? new ArrayBuffer(windowBytes), 0, length);
      for (let at = 0; at < length;) {
        const count = readSync(file, bytes, at, length - at, offset + at);
        if (count === 0) throw disagrees(path);
        at += count;
      }
      return bytes;
    };
    const release = ({ buffer }: Buffer) => {
      if (buffer instanceof ArrayBuffer && buffer.byteLength === windowBytes) this.#spare.push(buffer);
    };
    return { read, release, close: () => closeSync(file) };
  }

  /**
   * The bytes of several small files, one after the other.
   * @throws ForkpointError as `open`
   */
  async readSmall(files: readonly SmallFile[]): Promise<ReadBytes> {
    try {
      const read = await this.#small.read(files);
      this.#meter.addBytes(read.bytes.length);
      return read;
    } catch (thrown) {
      throw this.#translate(thrown);
    }
  }

  /** Nobody uses what `readSmall` gave any more. */
  releaseSmall(read: ReadBytes): void {
    this.#small.release(read);
  }

  inodeNumber(path: string): number {
    return lstatSync(Buffer.from(this.#root + path, "latin1")).ino;
  }

  close(): Promise<void> {
    return this.#small.close();
  }

  #translated<T>(work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      throw this.#translate(thrown);
    }
  }

  #translate(thrown: unknown): unknown {
    if (!(thrown instanceof UnreadableFile)) return thrown;
    if (thrown.why === "other") return disagrees(thrown.path);
    return unreadable(Buffer.from(this.#root, "latin1").toString("utf8"), [
      Buffer.from(thrown.path, "latin1"),
    ]);
  }
}

function disagrees(path: string): ForkpointError {
  const name = JSON.stringify(Buffer.from(path, "latin1").toString("utf8"));
  return new ForkpointError("STREAM_INVALID", `The snapshot holds something else at ${name} than was sent.`);
}
