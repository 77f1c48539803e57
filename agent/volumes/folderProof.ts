import type { BigIntStats } from "node:fs";
import { lstat, open, readdir, readlink } from "node:fs/promises";
import { getegid, geteuid, getgroups } from "node:process";
import type { LongCall } from "../host/longCall.ts";
import type { Processes } from "../host/processes.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { encodeVolumePath } from "../protocol/volumePath.ts";
import { joinBytes } from "./bytePaths.ts";
import { attributesBelow, type ExtendedAttributes } from "./extendedAttributes.ts";

const setIdBits = 0o6000n;
const blockBytes = 1024 * 1024;
/** Entries that are compared at a time: the file system answers several calls at once. */
const atATime = 8;

/** One comparison of a folder with its copy, entry by entry. */
export class FolderProof {
  readonly #processes: Processes;
  readonly #source: string;
  readonly #copy: string;
  readonly #call: LongCall;
  /** For every inode with several names, the first name that was met on either side. */
  readonly #sourceLinks = new Map<bigint, string>();
  readonly #copyLinks = new Map<bigint, string>();
  #compared = 0;

  constructor(processes: Processes, folders: { source: string; copy: string }, call: LongCall) {
    this.#processes = processes;
    this.#source = folders.source;
    this.#copy = folders.copy;
    this.#call = call;
  }

  /** @throws ForkpointError COPY_MISMATCH, CANCELLED */
  async run(): Promise<void> {
    try {
      await this.#attributes();
      await this.#entry(Buffer.alloc(0));
      const folders: Buffer[] = [Buffer.alloc(0)];
      for (let at = folders.pop(); at; at = folders.pop()) folders.push(...(await this.#folder(at)));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
      throw new ForkpointError("COPY_MISMATCH", `Something in ${this.#source} vanished meanwhile.`, {
        cause: thrown,
      });
    }
  }

  async #attributes(): Promise<void> {
    const { signal } = this.#call;
    const source = await attributesBelow(this.#processes, this.#source, signal);
    const copy = await attributesBelow(this.#processes, this.#copy, signal);
    for (const path of new Set([...source.keys(), ...copy.keys()])) {
      if (!sameAttributes(source.get(path), copy.get(path))) {
        throw this.#differs(Buffer.from(path, "latin1"), "extended attributes");
      }
    }
  }

  /** Compares what lies in one folder and gives the folders in it. */
  async #folder(path: Buffer): Promise<Buffer[]> {
    const list = async (root: string) =>
      (await readdir(joinBytes(Buffer.from(root), path), { encoding: "buffer" })).sort((a, b) =>
        Buffer.compare(a, b),
      );
    const [names, copied] = await Promise.all([list(this.#source), list(this.#copy)]);
    if (names.length !== copied.length || names.some((name, at) => !copied[at]?.equals(name))) {
      throw this.#differs(path, "names of what lies in it");
    }
    const found: Buffer[] = [];
    for (let first = 0; first < names.length; first += atATime) {
      this.#call.signal.throwIfAborted();
      const batch = names.slice(first, first + atATime).map((name) => joinBytes(path, name));
      const stats = await Promise.all(batch.map((each) => this.#entry(each)));
      found.push(...batch.filter((_, at) => stats[at]?.isDirectory()));
    }
    return found;
  }

  async #entry(path: Buffer): Promise<BigIntStats> {
    const [at, copied] = [
      joinBytes(Buffer.from(this.#source), path),
      joinBytes(Buffer.from(this.#copy), path),
    ];
    const [stat, other] = await Promise.all([lstat(at, { bigint: true }), lstat(copied, { bigint: true })]);
    const difference = statDifference(stat, other);
    if (difference !== null) throw this.#differs(path, difference);
    if (!stat.isDirectory() && stat.nlink > 1n && !this.#sameLinks(stat, other, path)) {
      throw this.#differs(path, "hard links");
    }
    if (stat.isSymbolicLink()) {
      const [target, copiedTarget] = await Promise.all([
        readlink(at, { encoding: "buffer" }),
        readlink(copied, { encoding: "buffer" }),
      ]);
      if (!target.equals(copiedTarget)) throw this.#differs(path, "targets");
    }
    if (stat.isFile() && stat.size > 0n && !(await this.#sameContent(at, copied))) {
      throw this.#differs(path, "contents");
    }
    this.#step();
    return stat;
  }

  /** Names that lead to one inode in the source have to do so in the copy, and no others. */
  #sameLinks(stat: BigIntStats, other: BigIntStats, path: Buffer): boolean {
    const name = path.toString("latin1");
    const first = this.#sourceLinks.get(stat.ino) ?? name;
    const copiedFirst = this.#copyLinks.get(other.ino) ?? name;
    this.#sourceLinks.set(stat.ino, first);
    this.#copyLinks.set(other.ino, copiedFirst);
    return first === copiedFirst;
  }

  async #sameContent(a: Buffer, b: Buffer): Promise<boolean> {
    const one = await open(a);
    try {
      const other = await open(b);
      try {
        const size = Math.min(blockBytes, Math.max(1, (await one.stat()).size));
        const [left, right] = [Buffer.allocUnsafe(size), Buffer.allocUnsafe(size)];
        for (;;) {
          this.#call.signal.throwIfAborted();
          const [l, r] = await Promise.all([one.read(left), other.read(right)]);
          if (l.bytesRead !== r.bytesRead) return false;
          if (l.bytesRead === 0) return true;
          if (left.compare(right, 0, r.bytesRead, 0, l.bytesRead) !== 0) return false;
        }
      } finally {
        await other.close();
      }
    } finally {
      await one.close();
    }
  }

  #step(): void {
    if (++this.#compared % 500 !== 0) return;
    this.#call.report({
      message: "Proving the copy",
      done: this.#compared,
      total: null,
      unit: "files",
      rate: null,
    });
  }

  #differs(path: Buffer, what: string): ForkpointError {
    const name = path.length === 0 ? "." : encodeVolumePath(path);
    return new ForkpointError("COPY_MISMATCH", `The copy of ${this.#source} differs at ${name}: ${what}.`);
  }
}

/** In words, what stat tells apart; null when nothing. Links are counted apart, sizes of folders not at all. */
function statDifference(a: BigIntStats, b: BigIntStats): string | null {
  const keepsOwner = mayHaveOwner(a);
  // What becomes one's own must not run as oneself.
  const bits = keepsOwner ? 0n : setIdBits;
  if ((a.mode & ~bits) !== (b.mode & ~bits)) return "type or mode";
  if (keepsOwner && (a.uid !== b.uid || a.gid !== b.gid)) return "owner";
  if (a.mtimeNs !== b.mtimeNs) return "time of change";
  if (a.isDirectory()) return null;
  if (a.rdev !== b.rdev) return "device numbers";
  return a.size === b.size ? null : "sizes";
}

/** Whether this user can make an entry with the owner and group of this one. */
function mayHaveOwner({ uid, gid }: BigIntStats): boolean {
  const own = geteuid?.();
  if (own === undefined || own === 0) return true;
  return (
    BigInt(own) === uid && [getegid?.(), ...(getgroups?.() ?? [])].some((group) => group === Number(gid))
  );
}

function sameAttributes(a: ExtendedAttributes | undefined, b: ExtendedAttributes | undefined): boolean {
  const names = new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])]);
  const compared = [...names].filter((name) => geteuid?.() === 0 || !name.startsWith("security."));
  return compared.every((name) => a?.get(name) === b?.get(name));
}
