import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { ForkpointError } from "../protocol/errors.ts";
import { blockBytes } from "../repository/contentFormat.ts";
import { unreadable } from "../volumes/unreadable.ts";
import type { FileSource } from "./contentBuilder.ts";
import type { TransferMeter } from "./transferMeter.ts";

/** An open file of a snapshot. */
export interface SnapshotFile extends FileSource {
  close(): void;
}

const noFile: SnapshotFile = {
  read: () => Buffer.alloc(0),
  release: () => undefined,
  close: () => undefined,
};

/**
 * Reads the files of a read-only snapshot. Paths are byte strings relative to it. Synchronous, as one
 * thread does nothing else meanwhile, and a file costs a fraction of what it costs through promises.
 */
export class SnapshotFiles {
  readonly #root: string;
  readonly #meter: TransferMeter;
  /** Buffers of one block each, to be used again: allocating them is dearer than filling them. */
  readonly #spare: ArrayBuffer[] = [];

  /** @param root the snapshot's absolute path */
  constructor(root: string, meter: TransferMeter) {
    this.#root = Buffer.from(`${root}/`, "utf8").toString("latin1");
    this.#meter = meter;
  }

  /**
   * Opens a file that must be `size` bytes long. A file of no bytes is not opened at all.
   * @throws ForkpointError STREAM_INVALID when the snapshot is not what was sent; FILES_UNREADABLE
   */
  open(path: string, size: number): SnapshotFile {
    if (size === 0) return noFile;
    const file = this.#openFile(path);
    const found = fstatSync(file);
    if (!found.isFile() || found.size !== size) {
      closeSync(file);
      throw disagrees(path);
    }
    const read = (offset: number, length: number) => {
      const bytes = Buffer.from(this.#spare.pop() ?? new ArrayBuffer(blockBytes), 0, length);
      for (let at = 0; at < length;) {
        const count = readSync(file, bytes, at, length - at, offset + at);
        if (count === 0) throw disagrees(path);
        at += count;
      }
      this.#meter.addBytes(length);
      return bytes;
    };
    const release = (bytes: Buffer) => {
      if (bytes.buffer instanceof ArrayBuffer) this.#spare.push(bytes.buffer);
    };
    return { read, release, close: () => closeSync(file) };
  }

  inodeNumber(path: string): number {
    return lstatSync(this.#path(path)).ino;
  }

  #openFile(path: string): number {
    try {
      return openSync(this.#path(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "EACCES") throw thrown;
      throw unreadable(Buffer.from(this.#root, "latin1").toString("utf8"), [Buffer.from(path, "latin1")]);
    }
  }

  #path(path: string): Buffer {
    return Buffer.from(this.#root + path, "latin1");
  }
}

function disagrees(path: string): ForkpointError {
  const name = JSON.stringify(Buffer.from(path, "latin1").toString("utf8"));
  return new ForkpointError("STREAM_INVALID", `The snapshot holds something else at ${name} than was sent.`);
}
