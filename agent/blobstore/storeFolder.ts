import { randomUUID } from "node:crypto";
import { link, lstat, mkdir, open, readFile, realpath, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { ForkpointError } from "../protocol/errors.ts";
import { type Pace, pieceBytes } from "./blobStore.ts";
import { folderFailure, folderGone, isFailure } from "./folderFailure.ts";

/** No key begins with it. */
export const reservedName = ".forkpoint";

const Marker = z.object({ format: z.literal(1), storeId: z.uuid() });

/**
 * The folder of a directory store. A marker in it tells the store from the empty mount point that is left
 * when its disk is not there, so that nothing is ever written beside it.
 */
export class StoreFolder {
  readonly path: string;
  #storeId: string | undefined;
  readonly #lasting = new Set<string>();

  constructor(path: string) {
    this.path = path;
  }

  get temporaries(): string {
    return join(this.path, reservedName, "tmp");
  }

  get lockFile(): string {
    return join(this.path, reservedName, "lock");
  }

  get #marker(): string {
    return join(this.path, reservedName, "store.json");
  }

  /**
   * Makes the folder a store where it is none yet. The folder itself is made, but none above it: a missing
   * one is more often a disk that is not mounted.
   * @throws ForkpointError STORE_BUCKET_MISSING, STORE_DENIED, STORE_READ_ONLY, STORE_FULL, STORE_UNREACHABLE
   */
  async setUp(): Promise<void> {
    try {
      await this.#makeRoot();
      if (!(await exists(this.#marker))) await this.#writeMarker();
    } catch (thrown) {
      throw folderFailure(thrown, this.path, "set up a store");
    }
    await this.assertThere();
  }

  /**
   * Checks that the store is there and the one it was before.
   * @throws ForkpointError STORE_UNREACHABLE, STORE_DENIED
   */
  async assertThere(): Promise<void> {
    const text = await readFile(this.#marker, "utf8").catch((thrown: unknown) => {
      if (!isFailure(thrown, "ENOENT", "ENOTDIR")) throw folderFailure(thrown, this.path, "read");
      return null;
    });
    if (text === null) {
      const why = (await exists(this.path)) ? "the folder holds no store" : "there is no such folder";
      throw folderGone(this.path, why);
    }
    const marker = parseMarker(text);
    if (!marker) throw folderGone(this.path, `its file ${this.#marker} cannot be read`);
    this.#storeId ??= marker.storeId;
    if (this.#storeId !== marker.storeId) throw folderGone(this.path, "another store has taken its place");
  }

  /** Where an object lies. The folders up to it must pass `assertInside` before it is touched. */
  pathOf(key: string): string {
    if (key.split("/")[0] === reservedName) throw new TypeError(`${key} is no key of an object.`);
    return join(this.path, key);
  }

  /** Refuses a folder that a symbolic link leads to. Passes when it is not there. */
  async assertInside(folder: string): Promise<void> {
    const [root, real] = await Promise.all([realpathIfThere(this.path), realpathIfThere(folder)]);
    if (root === null || real === null || real === join(root, folder.slice(this.path.length))) return;
    throw new ForkpointError("STORE_DENIED", `A symbolic link leads out of the store ${this.path}.`, {
      hint: "Remove the link from the store's folder.",
      details: { folder },
    });
  }

  /** Makes a folder below the root so that it outlasts a power cut, with all between. */
  async makeFolder(folder: string): Promise<void> {
    if (this.#lasting.has(folder) && (await exists(folder))) return;
    if (folder !== this.path) {
      await this.makeFolder(dirname(folder));
      await mkdir(folder, { mode: 0o700 }).catch((thrown: unknown) => {
        if (!isFailure(thrown, "EEXIST")) throw thrown;
      });
      // Also for a folder that was there: whoever made it may not have come to this yet.
      await syncFolder(dirname(folder));
    }
    this.#lasting.add(folder);
  }

  async #makeRoot(): Promise<void> {
    try {
      await mkdir(this.path, { mode: 0o700 });
      await syncFolder(dirname(this.path));
    } catch (thrown) {
      if (isFailure(thrown, "ENOENT", "ENOTDIR")) {
        throw new ForkpointError("STORE_BUCKET_MISSING", `There is no folder ${dirname(this.path)}.`, {
          hint: "Create it, or mount the disk that holds it.",
          cause: thrown,
        });
      }
      // A folder on a read-only disk may be a store already; what is missing shows below.
      if (!isFailure(thrown, "EEXIST", "EROFS", "EACCES", "EPERM") || !(await exists(this.path)))
        throw thrown;
    }
    if (!(await stat(this.path)).isDirectory()) {
      throw new ForkpointError("STORE_BUCKET_MISSING", `${this.path} is no folder.`, {
        hint: "Name a folder.",
      });
    }
  }

  async #writeMarker(): Promise<void> {
    await this.makeFolder(this.temporaries);
    const temporary = join(this.temporaries, randomUUID());
    const marker: z.infer<typeof Marker> = { format: 1, storeId: randomUUID() };
    try {
      await writeNew(temporary, Buffer.from(`${JSON.stringify(marker)}\n`));
      await link(temporary, this.#marker).catch(async (thrown: unknown) => {
        if (isFailure(thrown, "EEXIST")) return;
        // Some file systems have no hard links; there the second of two makers is refused by the name itself.
        if (!isFailure(thrown, "EPERM", "ENOTSUP", "ENOSYS", "EMLINK")) throw thrown;
        await writeNew(this.#marker, Buffer.from(`${JSON.stringify(marker)}\n`));
      });
      await syncFolder(dirname(this.#marker));
    } finally {
      await rm(temporary, { force: true });
    }
  }
}

/** Writes a file that must not exist yet and sees it to the disk; its name is lasting once its folder is synced. */
export async function writeNew(
  file: string,
  bytes: Uint8Array,
  { signal, pace }: { signal?: AbortSignal | undefined; pace?: Pace | undefined } = {},
): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    if (!pace) await handle.writeFile(bytes, signal ? { signal } : {});
    for (let at = 0; pace && at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      await pace(piece.length);
      await handle.writeFile(piece);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (thrown) {
    // Network file systems that write names through answer so.
    if (!isFailure(thrown, "EINVAL", "ENOTSUP")) throw thrown;
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (thrown) {
    if (isFailure(thrown, "ENOENT", "ENOTDIR")) return false;
    throw thrown;
  }
}

async function realpathIfThere(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (thrown) {
    if (isFailure(thrown, "ENOENT", "ENOTDIR")) return null;
    throw thrown;
  }
}

function parseMarker(text: string) {
  try {
    return Marker.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
