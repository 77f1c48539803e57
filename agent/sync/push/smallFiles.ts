import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** A file by its path below the snapshot, one character a byte, and the size it must have. */
export interface SmallFile {
  readonly path: string;
  readonly size: number;
}

/** Why a file of a snapshot could not be read: it may not be, or it is not what was sent. */
export class UnreadableFile extends Error {
  readonly path: string;
  readonly why: "denied" | "other";

  constructor(path: string, why: "denied" | "other") {
    super(`${why}: ${path}`);
    this.path = path;
    this.why = why;
  }
}

/**
 * The bytes of all files, one after the other, at the beginning of `room` where they fit. Synchronous: a file costs a fraction of what it costs through
 * promises, so this is for threads that have nothing else to do meanwhile, or for a few files.
 * @param root the snapshot's path with a slash at its end, one character a byte
 * @throws UnreadableFile, and what the system says
 */
export function readSmallFiles(
  root: string,
  files: readonly SmallFile[],
  room?: ArrayBuffer,
): Uint8Array<ArrayBuffer> {
  const length = files.reduce((sum, { size }) => sum + size, 0);
  const bytes = room && length <= room.byteLength ? new Uint8Array(room, 0, length) : new Uint8Array(length);
  let at = 0;
  for (const { path, size } of files) {
    const file = openSnapshotFile(root, path, size);
    try {
      for (const end = at + size; at < end;) {
        const count = readSync(file, bytes, at, end - at, null);
        if (count === 0) throw new UnreadableFile(path, "other");
        at += count;
      }
    } finally {
      closeSync(file);
    }
  }
  return bytes;
}

/** Opens a file that must be `size` bytes long. @throws UnreadableFile, and what the system says */
export function openSnapshotFile(root: string, path: string, size: number): number {
  const file = openToRead(root, path);
  const found = fstatSync(file);
  if (found.isFile() && found.size === size) return file;
  closeSync(file);
  throw new UnreadableFile(path, "other");
}

function openToRead(root: string, path: string): number {
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    return openSync(Buffer.from(root + path, "latin1"), flags);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EACCES") throw thrown;
    throw new UnreadableFile(path, "denied");
  }
}
