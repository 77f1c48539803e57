import { constants, link, lstat, open, opendir, rename, utimes } from "node:fs/promises";
import { ForkpointError } from "../protocol/errors.ts";
import { pieceBytes, type Blob, type Condition, type Pace, type Range } from "./blobStore.ts";
import { isFailure } from "./folderFailure.ts";

/** Moves a written file to its place if the condition holds; gives its etag. The caller holds the lock. */
export async function commitFile(temporary: string, path: string, condition: Condition | undefined) {
  const present = await modifiedIfThere(path);
  if (!conditionHolds(condition, present === null ? null : await etagIfThere(path))) return null;
  if (present !== null) await makeNewer(temporary, path);
  const etag = await etagIfThere(temporary);
  if (condition?.kind !== "absent") {
    await rename(temporary, path);
    return etag;
  }
  try {
    // Unlike the lock, this also holds against machines that share the folder without sharing its locks.
    await link(temporary, path);
  } catch (thrown) {
    if (isFailure(thrown, "EEXIST")) return null;
    if (!isFailure(thrown, "EPERM", "ENOTSUP", "ENOSYS", "EMLINK")) throw thrown;
    await rename(temporary, path);
  }
  return etag;
}

/** Makes the one file later than the other, by as little as the file system can tell apart. */
async function makeNewer(file: string, than: string): Promise<void> {
  const old = await lstat(than, { bigint: true });
  for (const stepMs of [1, 20, 200, 2000, 4000]) {
    if ((await lstat(file, { bigint: true })).mtimeNs > old.mtimeNs) return;
    const time = (Number(old.mtimeMs) + stepMs) / 1000;
    await utimes(file, time, time);
  }
}

export function conditionHolds(condition: Condition | undefined, etag: string | null): boolean {
  if (!condition) return true;
  return condition.kind === "absent" ? etag === null : etag === condition.etag;
}

/** The file's bytes, or those of the range; null when it is not there or is no plain file. */
export async function readIfThere(
  path: string,
  range: Range | undefined,
  { signal, pace }: { signal: AbortSignal; pace?: Pace | undefined },
): Promise<Blob | null> {
  const handle = await ifThere(open(path, constants.O_RDONLY | constants.O_NOFOLLOW));
  if (!handle) return null;
  try {
    const info = await handle.stat({ bigint: true });
    if (!info.isFile()) return null;
    const size = Number(info.size);
    const offset = Math.min(range?.offset ?? 0, size);
    const bytes = Buffer.allocUnsafe(Math.min(range?.length ?? size, size - offset));
    for (let filled = 0; filled < bytes.length;) {
      signal.throwIfAborted();
      const wanted = Math.min(bytes.length - filled, pace ? pieceBytes : bytes.length);
      const { bytesRead } = await handle.read(bytes, filled, wanted, offset + filled);
      await pace?.(bytesRead);
      if (bytesRead === 0) {
        throw new ForkpointError(
          "STORE_UNREACHABLE",
          "A file of the store became shorter while it was read.",
        );
      }
      filled += bytesRead;
    }
    return { bytes, etag: etagOf(info) };
  } finally {
    await handle.close();
  }
}

const etagOf = ({ mtimeNs, size }: { mtimeNs: bigint; size: bigint }) =>
  `${mtimeNs.toString(36)}-${size.toString(36)}`;

/** Null instead of the failure that a path is not there. */
export async function ifThere<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (thrown) {
    if (isFailure(thrown, "ENOENT", "ENOTDIR")) return null;
    throw thrown;
  }
}

export async function etagIfThere(path: string): Promise<string | null> {
  const info = await ifThere(lstat(path, { bigint: true }));
  return info && etagOf(info);
}

export async function describedIfThere(path: string): Promise<{ size: number; modifiedAt: number } | null> {
  const info = await ifThere(lstat(path));
  return info && { size: info.size, modifiedAt: info.mtimeMs };
}

export async function modifiedIfThere(path: string): Promise<number | null> {
  return (await ifThere(lstat(path)))?.mtimeMs ?? null;
}

/** What is in a folder; nothing when the folder is not there. */
export async function* entriesOf(folder: string) {
  const opened = await ifThere(opendir(folder));
  if (!opened) return;
  for await (const entry of opened) {
    yield { name: entry.name, isFile: entry.isFile(), isFolder: entry.isDirectory() };
  }
}
