import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, readlink, type FileHandle } from "node:fs/promises";
import type { BigIntStats } from "node:fs";
import type { Processes } from "../../host/processes.ts";
import { sharesAllBlocks } from "../../volumes/extents/sharesAllBlocks.ts";
import { typeOf } from "../../volumes/comparison/namespace.ts";

/** What a path named at one moment. */
export interface Thing {
  /** Absolute. */
  readonly path: Buffer;
  readonly stat: BigIntStats;
}

const blockBytes = 256 * 1024;
/** Databases that were written to mostly differ in the first or the last of this many bytes. */
const edgeBytes = 64 * 1024;
/** What is larger, or more for one question, costs more than the answer is worth. */
const largestBytes = 64 * 1024 * 1024;
const mostBytes = 512 * 1024 * 1024;

/** Tells whether things seen at different moments are the same: kind, owner, mode and content. Reads as little as that takes. */
export class Contents {
  readonly #wholes = new Map<Thing, string | null>();
  readonly #processes: Processes;
  readonly #signal: AbortSignal;
  #left = mostBytes;

  constructor(processes: Processes, signal: AbortSignal) {
    this.#processes = processes;
    this.#signal = signal;
  }

  /**
   * What things that are the same have in common, and most that are not do not. Null when it may not be read.
   * @throws CANCELLED
   */
  async outline(thing: Thing): Promise<string | null> {
    const { stat } = thing;
    const common = `${typeOf(stat)} ${stat.mode} ${stat.uid} ${stat.gid}`;
    if (stat.isSymbolicLink()) return `${common} ${(await targetOf(thing)).toString("latin1")}`;
    if (!stat.isFile()) return `${common} ${stat.rdev}`;
    const size = Number(stat.size);
    const edges = await this.#digest(thing, size <= 2 * edgeBytes ? [[0, size]] : [[0, edgeBytes], [size - edgeBytes, edgeBytes]]); // prettier-ignore
    return edges && `${common} ${size} ${edges}`;
  }

  /**
   * Of two with the same outline. What is too large is not read: it is the same where it is the same inode, unchanged, and
   * lies on the same blocks. Null when that cannot be told.
   * @throws CANCELLED
   */
  async same(one: Thing, other: Thing): Promise<boolean | null> {
    if (!one.stat.isFile() || one.stat.size <= 2 * edgeBytes) return true;
    const [first, second] = [await this.#whole(one), await this.#whole(other)];
    if (first !== null && second !== null) return first === second;
    const isSameInode = one.stat.ino === other.stat.ino && one.stat.ctimeNs === other.stat.ctimeNs;
    return (
      (isSameInode && (await sharesAllBlocks(this.#processes, [one.path, other.path], this.#signal))) || null
    );
  }

  async #whole(thing: Thing): Promise<string | null> {
    const known = this.#wholes.get(thing);
    if (known !== undefined) return known;
    const size = Number(thing.stat.size);
    const isTooMuch = size > largestBytes || size > this.#left;
    const digest = isTooMuch ? null : await this.#digest(thing, [[0, size]]);
    this.#wholes.set(thing, digest);
    return digest;
  }

  async #digest({ path }: Thing, parts: readonly (readonly [number, number])[]): Promise<string | null> {
    const file = await openReadable(path);
    if (!file) return null;
    try {
      return await this.#read(file, parts);
    } finally {
      await file.close();
    }
  }

  async #read(file: FileHandle, parts: readonly (readonly [number, number])[]): Promise<string> {
    const hash = createHash("sha256");
    for (const [start, length] of parts) {
      const block = Buffer.allocUnsafe(Math.min(blockBytes, length));
      for (let done = 0; done < length;) {
        this.#signal.throwIfAborted();
        const wanted = Math.min(block.length, length - done);
        const { bytesRead } = await file.read(block, 0, wanted, start + done);
        if (bytesRead === 0) break;
        hash.update(block.subarray(0, bytesRead));
        done += bytesRead;
        this.#left -= bytesRead;
      }
    }
    return hash.digest("hex");
  }
}

/** Where a symbolic link points. */
export function targetOf({ path }: Thing): Promise<Buffer> {
  return readlink(path, { encoding: "buffer" });
}

/** Null when it may not be read, or is not what it was when it was seen. */
async function openReadable(path: Buffer): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM" || code === "ENOENT" || code === "ELOOP") return null;
    throw thrown;
  }
}
