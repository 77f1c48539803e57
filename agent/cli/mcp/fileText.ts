import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { ForkpointError } from "../../protocol/errors.ts";
import { decodeVolumePath } from "../../protocol/volumePath.ts";

export interface FileText {
  readonly text: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Where the text begins, in bytes; not in the middle of a character. */
  readonly offset: number;
  /** Where the rest begins; null when this was all. */
  readonly nextOffset: number | null;
}

/**
 * Reads a part of a text file of a snapshot, and follows no symbolic link on the way.
 * @param folder the snapshot's
 * @throws ForkpointError PATH_OUTSIDE_VOLUME, PATH_NOT_FOUND, SNAPSHOT_NOT_LOCAL, BAD_REQUEST for what is not text
 */
export async function fileText(
  folder: string,
  path: string,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<FileText> {
  const inside = decodeVolumePath(path);
  const root = await realpath(folder, "buffer").catch((cause: unknown): never => {
    throw new ForkpointError("SNAPSHOT_NOT_LOCAL", "The snapshot is not on this disk.", { cause });
  });
  const file = Buffer.concat([root, Buffer.from("/"), inside]);
  // A snapshot never changes, so what holds here still holds when the file is opened.
  const real = await realpath(file, "buffer").catch((thrown: unknown): never => {
    throw isAbsent(thrown) ? notFound(path) : thrown;
  });
  if (!real.equals(file)) {
    throw new ForkpointError("PATH_OUTSIDE_VOLUME", `${JSON.stringify(path)} leads over a symbolic link.`, {
      hint: "Links are not followed. Name the file itself.",
    });
  }
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw notText(path, "is no file");
    const bytes = Buffer.alloc(Math.max(0, Math.min(limit, stats.size - offset)));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
    return textOf(path, bytes.subarray(0, bytesRead), { offset, size: stats.size });
  } finally {
    await handle.close();
  }
}

function textOf(path: string, read: Buffer, { offset, size }: { offset: number; size: number }): FileText {
  const start = offset === 0 ? 0 : read.subarray(0, 3).findIndex((byte) => !isContinuation(byte));
  const from = Math.max(start, 0);
  const isEnd = offset + read.length >= size;
  const bytes = read.subarray(from, isEnd ? read.length : wholeCharacters(read));
  if (bytes.includes(0)) throw notText(path, "is not text");
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const end = offset + from + bytes.length;
    return { text, size, offset: offset + from, nextOffset: isEnd ? null : end };
  } catch {
    throw notText(path, "is not text in UTF-8");
  }
}

/** How many of the bytes are left when a character that is cut off at the end is left out. */
function wholeCharacters(bytes: Buffer): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 4); at--) {
    const byte = bytes[at] ?? 0;
    if (isContinuation(byte)) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return at + length > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function isAbsent(thrown: unknown): boolean {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP" || code === "ENAMETOOLONG";
}

function notFound(path: string): ForkpointError {
  return new ForkpointError("PATH_NOT_FOUND", `The snapshot has no ${JSON.stringify(path)}.`, {
    hint: "Look at what changed with the tool `diff`.",
  });
}

function notText(path: string, why: string): ForkpointError {
  return new ForkpointError("BAD_REQUEST", `${JSON.stringify(path)} ${why}.`, {
    hint: "Only text files are shown. To have another, restore it, or look at it in a fork.",
  });
}
