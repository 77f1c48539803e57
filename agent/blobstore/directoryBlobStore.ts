import { randomUUID } from "node:crypto";
import { access, constants, rm, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "../host/clock.ts";
import type { Blob, BlobStore, Condition, ListedObject, Pace, Range } from "./blobStore.ts";
import { CommitLock } from "./commitLock.ts";
import { folderFailure, folderGone, isFailure } from "./folderFailure.ts";
import { sweepLeftovers } from "./leftovers.ts";
import { checkKey, checkPrefix } from "./objectKey.ts";
import {
  commitFile,
  conditionHolds,
  describedIfThere,
  entriesOf,
  etagIfThere,
  ifThere,
  readIfThere,
} from "./objectFile.ts";
import { StoreFolder, reservedName, syncFolder, writeNew } from "./storeFolder.ts";

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

  async get(
    key: string,
    { signal, range, pace }: { signal: AbortSignal; range?: Range; pace?: Pace },
  ): Promise<Blob | null> {
    checkKey(key);
    signal.throwIfAborted();
    return this.#doing(`read ${key}`, async () => {
      const path = this.#folder.pathOf(key);
      await this.#folder.assertInside(dirname(path));
      const blob = await readIfThere(path, range, { signal, pace });
      if (!blob) await this.#folder.assertThere();
      return blob;
    });
  }

  async put(
    key: string,
    bytes: Uint8Array,
    { signal, condition, pace }: { signal: AbortSignal; condition?: Condition; pace?: Pace },
  ): Promise<{ etag: string } | null> {
    checkKey(key);
    signal.throwIfAborted();
    return this.#doing(`write ${key}`, async () => {
      await this.#folder.assertThere();
      const path = this.#folder.pathOf(key);
      await this.#folder.assertInside(dirname(path));
      // A condition that fails now spares the writing; one that holds is looked at again under the lock.
      if (!conditionHolds(condition, await etagIfThere(path))) return null;
      await this.#folder.makeFolder(this.#folder.temporaries);
      await this.#sweepOnce();
      const temporary = join(this.#folder.temporaries, randomUUID());
      try {
        await writeNew(temporary, bytes, { signal, pace });
        await this.#folder.makeFolder(dirname(path));
        const etag = await this.#lock.run(signal, () => commitFile(temporary, path, condition));
        if (etag === null) return null;
        await syncFolder(dirname(path));
        return { etag };
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }

  async *list(prefix: string, { signal }: { signal: AbortSignal }): AsyncGenerator<ListedObject> {
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

  async *#walk(folder: string, prefix: string, signal: AbortSignal): AsyncGenerator<ListedObject> {
    const folders: string[] = [];
    for await (const { name, isFile, isFolder } of entriesOf(join(this.#folder.path, folder))) {
      signal.throwIfAborted();
      const key = `${folder}${name}`;
      if (key === reservedName || !/^[A-Za-z0-9._-]+$/.test(name)) continue;
      if (isFolder && (`${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`))) folders.push(`${key}/`);
      if (!isFile || !key.startsWith(prefix)) continue;
      const found = await describedIfThere(join(this.#folder.path, key));
      if (found) yield { key, ...found };
    }
    for (const each of folders) yield* this.#walk(each, prefix, signal);
  }

  #sweepOnce(): Promise<void> {
    this.#swept ??= sweepLeftovers(this.#folder.temporaries).catch((thrown: unknown) => {
      this.#swept = undefined;
      throw thrown;
    });
    return this.#swept;
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
