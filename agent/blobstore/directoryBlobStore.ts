import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import {
  access,
  type FileHandle,
  link,
  lstat,
  open,
  opendir,
  rename,
  rm,
  stat,
  unlink,
  utimes,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "../host/clock.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { Blob, BlobStore, Condition, Range } from "./blobStore.ts";
import { CommitLock } from "./commitLock.ts";
import { folderFailure, folderGone, isFailure } from "./folderFailure.ts";
import { checkKey, checkPrefix } from "./objectKey.ts";
import { StoreFolder, reservedName, syncFolder, writeNew } from "./storeFolder.ts";

const leftoverMs = 60 * 60 * 1000;

/**
 * A store in a folder: an object is a plain file at its key, so that any copying tool can carry it to a
 * bucket and back. A key cannot be the folder of another. Needs `setUp` once in the life of the store.
 *
 * Objects are written under a temporary name and moved into place under a lock that all processes share,
 * so conditions hold between them. The etag is the time of the write, which the lock keeps strictly
 * increasing for each key, with the size.
 */
export class DirectoryBlobStore implements BlobStore {
  readonly url: string;
  readonly #folder: StoreFolder;
  readonly #lock: CommitLock;
  #swept: Promise<void> | undefined;

  constructor(parts: { path: string; url: string; clock: Clock }) {
    this.url = parts.url;
    this.#folder = new StoreFolder(parts.path);
    this.#lock = new CommitLock({ file: this.#folder.lockFile, clock: parts.clock });
  }

  /** Makes the folder a store where it is none yet; see StoreFolder.setUp. */
  setUp(): Promise<void> {
    return this.#folder.setUp();
  }

  async get(key: string, { signal, range }: { signal: AbortSignal; range?: Range }): Promise<Blob | null> {
    checkKey(key);
    signal.throwIfAborted();
    return this.#doing(`read ${key}`, async () => {
      const path = this.#folder.pathOf(key);
      await this.#folder.assertInside(dirname(path));
      const handle = await openIfThere(path);
      const blob = handle && (await readAndClose(handle, range, signal));
      if (!blob) await this.#folder.assertThere();
      return blob;
    });
  }

  async put(
    key: string,
    bytes: Uint8Array,
    { signal, condition }: { signal: AbortSignal; condition?: Condition },
  ): Promise<{ etag: string } | null> {
    checkKey(key);
    signal.throwIfAborted();
    return this.#doing(`write ${key}`, async () => {
      await this.#folder.assertThere();
      const path = this.#folder.pathOf(key);
      await this.#folder.assertInside(dirname(path));
      // A condition that fails now spares the writing; one that holds is looked at again under the lock.
      if (!holds(condition, await etagIfThere(path))) return null;
      await this.#folder.makeFolder(this.#folder.temporaries);
      await this.#sweepOnce();
      const temporary = join(this.#folder.temporaries, randomUUID());
      try {
        await writeNew(temporary, bytes, signal);
        await this.#folder.makeFolder(dirname(path));
        const etag = await this.#lock.run(signal, () => commit(temporary, path, condition));
        if (etag === null) return null;
        await syncFolder(dirname(path));
        return { etag };
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }

  async *list(
    prefix: string,
    { signal }: { signal: AbortSignal },
  ): AsyncGenerator<{ key: string; size: number }> {
    checkPrefix(prefix);
    signal.throwIfAborted();
    const start = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    const startFolder = join(this.#folder.path, start.slice(0, -1));
    try {
      await this.#folder.assertThere();
      await this.#folder.assertInside(startFolder);
      yield* this.#walk(start, prefix, signal);
      // A disk that went away in the middle must not look like a store with fewer objects.
      await this.#folder.assertThere();
    } catch (thrown) {
      throw folderFailure(thrown, this.#folder.path, `list ${prefix}`);
    }
  }

  async delete(key: string, { signal }: { signal: AbortSignal }): Promise<void> {
    checkKey(key);
    signal.throwIfAborted();
    await this.#doing(`delete ${key}`, async () => {
      await this.#folder.assertThere();
      const path = this.#folder.pathOf(key);
      await this.#folder.assertInside(dirname(path));
      if ((await etagIfThere(path)) === null) return;
      await access(dirname(path), constants.W_OK);
      await this.#lock.run(signal, () => ifThere(unlink(path)));
      await syncFolder(dirname(path));
    });
  }

  async *#walk(
    folder: string,
    prefix: string,
    signal: AbortSignal,
  ): AsyncGenerator<{ key: string; size: number }> {
    const folders: string[] = [];
    for await (const { name, isFile, isFolder } of entriesOf(join(this.#folder.path, folder))) {
      signal.throwIfAborted();
      const key = `${folder}${name}`;
      if (key === reservedName || !/^[A-Za-z0-9._-]+$/.test(name)) continue;
      if (isFolder && (`${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`))) folders.push(`${key}/`);
      if (!isFile || !key.startsWith(prefix)) continue;
      const size = await sizeIfThere(join(this.#folder.path, key));
      if (size !== null) yield { key, size };
    }
    for (const each of folders) yield* this.#walk(each, prefix, signal);
  }

  #sweepOnce(): Promise<void> {
    this.#swept ??= this.#sweep().catch((thrown: unknown) => {
      this.#swept = undefined;
      throw thrown;
    });
    return this.#swept;
  }

  /**
   * Removes what killed writers left. A writer that only slept that long finds its file gone, and its put
   * fails with nothing written.
   */
  async #sweep(): Promise<void> {
    const { temporaries } = this.#folder;
    const probe = join(temporaries, randomUUID());
    await writeNew(probe, new Uint8Array());
    // The file system's own time, which may be another machine's.
    const now = (await stat(probe)).mtimeMs;
    await rm(probe, { force: true });
    for await (const { name } of entriesOf(temporaries)) {
      const path = join(temporaries, name);
      const written = await modifiedIfThere(path);
      if (written !== null && now - written > leftoverMs) await rm(path, { force: true });
    }
  }

  async #doing<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      if (isFailure(thrown, "ENOENT")) {
        await this.#folder.assertThere();
        throw folderGone(this.#folder.path, "what was being written has vanished", thrown);
      }
      if (isFailure(thrown, "EISDIR", "ENOTDIR", "EEXIST", "ENOTEMPTY")) {
        throw new TypeError(`Cannot ${doing}: a key cannot be the folder of another.`, { cause: thrown });
      }
      throw folderFailure(thrown, this.#folder.path, doing);
    }
  }
}

/** Moves a written file to its place if the condition holds; gives its etag. Runs under the lock. */
async function commit(temporary: string, path: string, condition: Condition | undefined) {
  const present = await modifiedIfThere(path);
  if (!holds(condition, present === null ? null : await etagIfThere(path))) return null;
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

function holds(condition: Condition | undefined, etag: string | null): boolean {
  if (!condition) return true;
  return condition.kind === "absent" ? etag === null : etag === condition.etag;
}

async function readAndClose(handle: FileHandle, range: Range | undefined, signal: AbortSignal) {
  try {
    const info = await handle.stat({ bigint: true });
    if (!info.isFile()) return null;
    const size = Number(info.size);
    const offset = Math.min(range?.offset ?? 0, size);
    const bytes = Buffer.allocUnsafe(Math.min(range?.length ?? size, size - offset));
    for (let filled = 0; filled < bytes.length;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled);
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

async function ifThere<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (thrown) {
    if (isFailure(thrown, "ENOENT", "ENOTDIR")) return null;
    throw thrown;
  }
}

const openIfThere = (path: string) => ifThere(open(path, constants.O_RDONLY | constants.O_NOFOLLOW));

async function etagIfThere(path: string): Promise<string | null> {
  const info = await ifThere(lstat(path, { bigint: true }));
  return info && etagOf(info);
}

async function sizeIfThere(path: string): Promise<number | null> {
  return (await ifThere(lstat(path)))?.size ?? null;
}

async function modifiedIfThere(path: string): Promise<number | null> {
  return (await ifThere(lstat(path)))?.mtimeMs ?? null;
}

async function* entriesOf(folder: string) {
  const opened = await ifThere(opendir(folder));
  if (!opened) return;
  for await (const entry of opened) {
    yield { name: entry.name, isFile: entry.isFile(), isFolder: entry.isDirectory() };
  }
}
