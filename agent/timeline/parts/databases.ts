import { constants } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { joinBytes, parentOf } from "../../volumes/bytePaths.ts";

/** What databases lay beside their file. */
const besides = ["-wal", "-shm", "-journal", ".wal"].map((ending) => Buffer.from(ending));
/** What the first bytes of a database in one file are, and where. */
const headers = [
  { at: 0, bytes: Buffer.from("SQLite format 3\0") },
  { at: 8, bytes: Buffer.from("DUCK") },
  { at: 0, bytes: Buffer.from("REDIS0") },
] as const;
const headBytes = 16;

/** Finds databases by what is in the files, in any of several trees that nobody changes meanwhile. */
export class Databases {
  readonly #roots: readonly Buffer[];
  readonly #files = new Map<string, Promise<boolean>>();
  readonly #folders = new Map<string, Promise<boolean>>();

  constructor(roots: readonly string[]) {
    this.#roots = roots.map((root) => Buffer.from(root));
  }

  /**
   * The database that a path belongs to: its file, or the folder that holds its data; null when it belongs to none. Cost
   * follows the paths that are asked for.
   */
  async at(path: Buffer): Promise<Buffer | null> {
    for (let folder = path; ; folder = parentOf(folder)) {
      if (await remember(this.#folders, folder, () => this.#isDataFolder(folder))) return folder;
      if (folder.length === 0) break;
    }
    const ending = besides.find(
      (each) => path.length > each.length && path.subarray(-each.length).equals(each),
    );
    const file = ending ? path.subarray(0, path.length - ending.length) : path;
    return (await remember(this.#files, file, () => this.#isDatabaseFile(file))) ? file : null;
  }

  async #isDatabaseFile(path: Buffer): Promise<boolean> {
    for (const root of this.#roots) {
      const head = await headOf(joinBytes(root, path));
      if (head && headers.some(({ at, bytes }) => head.subarray(at, at + bytes.length).equals(bytes)))
        return true;
    }
    return false;
  }

  async #isDataFolder(folder: Buffer): Promise<boolean> {
    for (const root of this.#roots) {
      const inside = (name: string) => joinBytes(joinBytes(root, folder), Buffer.from(name));
      if (/^\d+(\.\d+)?\s*$/.test((await headOf(inside("PG_VERSION")))?.toString("latin1") ?? ""))
        return true;
      if ((await headOf(inside("WiredTiger")))?.toString("latin1").startsWith("WiredTiger")) return true;
      if ((await headOf(inside("ibdata1"))) && (await isFolder(inside("mysql")))) return true;
    }
    return false;
  }
}

function remember(
  known: Map<string, Promise<boolean>>,
  path: Buffer,
  find: () => Promise<boolean>,
): Promise<boolean> {
  const key = path.toString("latin1");
  const found = known.get(key) ?? find();
  known.set(key, found);
  return found;
}

/** null for what is no file. What may not be read is no database that anybody could tell. */
async function headOf(path: Buffer): Promise<Buffer | null> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) return null;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    if (isAbsent(thrown)) return null;
    throw thrown;
  }
}

async function isFolder(path: Buffer): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (thrown) {
    if (isAbsent(thrown)) return false;
    throw thrown;
  }
}

function isAbsent(thrown: unknown): boolean {
  const { code } = thrown as NodeJS.ErrnoException;
  return ["ENOENT", "ENOTDIR", "ELOOP", "ENXIO", "EACCES", "EPERM", "ENAMETOOLONG"].includes(code ?? "");
}
