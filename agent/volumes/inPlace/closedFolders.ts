import { type BigIntStats } from "node:fs";
import { chmod, lstat, readdir } from "node:fs/promises";
import { geteuid } from "node:process";
import { inParallel } from "../../host/inParallel.ts";
import { depthOf, isWithin, joinBytes, parentOf, splitPath } from "../bytePaths.ts";

const ownersRights = 0o700;

/**
 * Folders whose mode keeps their own owner from changing what they hold. Root is not kept; an ordinary user has to
 * open them first, and gives them their mode back when all is done.
 */
export class ClosedFolders {
  readonly #root: Buffer;
  /** By where they lay when they were opened, relative to the root. */
  readonly #opened = new Map<string, { readonly inode: bigint; readonly mode: number }>();

  /** @param root absolute; nothing above it is touched */
  constructor(root: Buffer) {
    this.#root = root;
  }

  /**
   * Does `work` and, when a closed folder is in its way, opens all those on the way to `paths` and does it again.
   * @param paths absolute, below the root; a folder that is named is opened itself as well
   */
  async opening<T>(paths: readonly Buffer[], work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "EACCES") throw thrown;
      for (const path of paths) await this.#openWay(path);
      return work();
    }
  }

  /**
   * Gives the folders that were opened their mode back, wherever they are now.
   * @param moves of folders, from and to, relative to the root
   * @param settled folders that have got their mode already
   */
  async close(
    moves: readonly { readonly from: Buffer; readonly path: Buffer }[],
    settled: readonly Buffer[],
  ): Promise<void> {
    const done = new Set(settled.map((path) => path.toString("latin1")));
    const places = [...this.#opened]
      .map(([name, was]) => ({ ...was, path: placeAfter(moves, Buffer.from(name, "latin1")) }))
      .filter(({ path }) => !done.has(path.toString("latin1")))
      .sort((one, other) => depthOf(other.path) - depthOf(one.path));
    for (const { path, inode, mode } of places) {
      const there = joinBytes(this.#root, path);
      if ((await statOf(there))?.ino === inode) await chmod(there, mode);
    }
    this.#opened.clear();
  }

  async #openWay(path: Buffer): Promise<void> {
    let at = Buffer.alloc(0);
    for (const part of splitPath(path.subarray(this.#root.length + 1))) {
      at = Buffer.from(joinBytes(at, part));
      const there = joinBytes(this.#root, at);
      const stat = await statOf(there);
      if (!stat?.isDirectory()) return;
      const mode = Number(stat.mode & 0o7777n);
      if ((mode & ownersRights) === ownersRights) continue;
      await chmod(there, mode | ownersRights);
      this.#opened.set(at.toString("latin1"), { inode: stat.ino, mode });
    }
  }
}

/** Opens a folder and all below it for good; it is about to go. */
export async function openTree(folder: Buffer): Promise<void> {
  const stat = await statOf(folder);
  if (!stat?.isDirectory()) return;
  const mode = Number(stat.mode & 0o7777n);
  if ((mode & ownersRights) !== ownersRights) await chmod(folder, mode | ownersRights);
  for (const entry of await readdir(folder, { withFileTypes: true, encoding: "buffer" })) {
    if (entry.isDirectory()) await openTree(joinBytes(folder, entry.name));
  }
}

/**
 * Those of some paths, relative to a folder, that lie in a closed folder, by the folder that holds them; none for
 * root, whom nothing keeps.
 */
export async function inClosedFolders(folder: string, paths: readonly Buffer[]): Promise<Buffer[][]> {
  if (geteuid?.() === 0) return [];
  const root = Buffer.from(folder);
  const groups = Map.groupBy(paths, (path) => parentOf(path).toString("latin1"));
  const ways = new Set([...groups.keys()].flatMap(waysTo));
  const closed = new Set<string>();
  await inParallel([...ways], 16, async (way) => {
    const stat = await statOf(joinBytes(root, Buffer.from(way, "latin1")));
    if (stat && (Number(stat.mode) & ownersRights) !== ownersRights) closed.add(way);
  });
  return [...groups].flatMap(([parent, group]) =>
    waysTo(parent).some((way) => closed.has(way)) ? [group] : [],
  );
}

/** A folder and those above it. */
function waysTo(folder: string): string[] {
  const parts = folder === "" ? [] : folder.split("/");
  return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
}

function placeAfter(
  moves: readonly { readonly from: Buffer; readonly path: Buffer }[],
  path: Buffer,
): Buffer {
  const nearest = moves
    .filter(({ from }) => isWithin(path, from))
    .sort((one, other) => other.from.length - one.from.length)[0];
  if (!nearest) return path;
  return joinBytes(nearest.path, path.subarray(nearest.from.length + 1));
}

async function statOf(path: Buffer): Promise<BigIntStats | null> {
  try {
    return await lstat(path, { bigint: true });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return null;
    throw thrown;
  }
}
