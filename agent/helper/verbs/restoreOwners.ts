import { lchownSync } from "node:fs";
import { ForkpointError } from "../../protocol/errors.ts";
import { parentOf, splitPath } from "../../volumes/bytePaths.ts";
import type { RequestOf } from "../../volumes/privileged/helperContract.ts";
import type { Call } from "../caller.ts";
import type { HeldFolder } from "../heldFolder.ts";
import { openPool, openVolume } from "../mountedPool.ts";

const longestPath = 64 * 1024;

/**
 * Gives what is in the live volume the owners that it has in the snapshot. Paths that are missing on either
 * side, or lead over a link, are passed over: the volume is alive. @throws ForkpointError BAD_REQUEST
 */
export async function restoreOwners(
  call: Call,
  { name, snapshot, volume }: RequestOf<"restoreOwners">,
  stream: AsyncIterable<Uint8Array>,
): Promise<void> {
  const pool = openPool(call, name);
  const from = new Cursor(openVolume(pool, snapshot));
  const to = new Cursor(openVolume(pool, volume));
  for await (const path of paths(stream)) {
    const parts = splitPath(path);
    const last = parts.at(-1);
    // The root stays the caller's, or it could not be restored, moved or deleted by its owner any more.
    if (last === undefined) continue;
    const [source, target] = [from.folderOf(path), to.folderOf(path)];
    const wanted = source?.find(last);
    const present = target?.find(last);
    if (!target || !wanted || !present) continue;
    if (wanted.uid === present.uid && wanted.gid === present.gid) continue;
    lchownSync(target.pathOf(last), Number(wanted.uid), Number(wanted.gid));
  }
}

/** The folder of the last path that was asked for, kept open: the next one mostly lies there too. */
class Cursor {
  readonly #root: HeldFolder;
  #path: Buffer | null = null;
  #folder: HeldFolder | null = null;

  constructor(root: HeldFolder) {
    this.#root = root;
  }

  /** null when it is not there. */
  folderOf(path: Buffer): HeldFolder | null {
    const parent = parentOf(path);
    if (this.#path?.equals(parent)) return this.#folder;
    if (this.#folder !== this.#root) this.#folder?.close();
    this.#path = Buffer.from(parent);
    this.#folder = this.#open(splitPath(parent));
    return this.#folder;
  }

  #open([first, ...rest]: Buffer[]): HeldFolder | null {
    if (first === undefined) return this.#root;
    try {
      return this.#root.enter(first).descend(rest);
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code ?? "";
      if (["ENOENT", "ENOTDIR", "ELOOP"].includes(code)) return null;
      throw thrown;
    }
  }
}

async function* paths(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    pending = Buffer.concat([pending, chunk]);
    let start = 0;
    for (let at = pending.indexOf(0); at !== -1; at = pending.indexOf(0, start)) {
      const path = pending.subarray(start, at);
      if (path.length > 0 && !isPlain(path)) throw badPath();
      yield path;
      start = at + 1;
    }
    pending = pending.subarray(start);
    if (pending.length > longestPath) throw badPath();
  }
  if (pending.length > 0) throw badPath();
}

function isPlain(path: Buffer): boolean {
  return path
    .toString("latin1")
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== "..");
}

function badPath(): ForkpointError {
  return new ForkpointError("PATH_OUTSIDE_VOLUME", "A path leaves the volume, is too long or is cut off.");
}
