import { chmod, lstat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { geteuid } from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { ProcessFailed, type Processes } from "../host/processes.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { asPoolError } from "./poolErrors.ts";

/** statfs(2)'s f_type of btrfs. */
const btrfsMagic = 0x9123683e;
/** The inode number of every subvolume's root directory. */
const subvolumeRootInode = 256;
/** How often and after how many milliseconds a deletion is tried again while the snapshot is being sent. */
const triesWhileSent = 20;
const betweenTriesMs = 100;

/** Subvolumes: what an ordinary user may do with them as well. */
export class Btrfs {
  readonly #processes: Processes;

  constructor(processes: Processes) {
    this.#processes = processes;
  }

  /** @throws ForkpointError POOL_FULL, POOL_READ_ONLY */
  async createSubvolume(path: string): Promise<void> {
    await this.#btrfs(path, "subvolume", "create", path);
  }

  /**
   * Snapshots `source` as `destination`, whose parent directory must exist.
   * @throws ForkpointError POOL_EXISTS when there is something at `destination` already: btrfs itself
   * would put the snapshot inside it and report success
   */
  async snapshot(source: string, destination: string, options: { readOnly: boolean }): Promise<void> {
    if ((await lstat(destination).catch(absent)) !== null) {
      throw new ForkpointError("POOL_EXISTS", `There is something at ${destination} already.`);
    }
    const flags = options.readOnly ? ["-r"] : [];
    await this.#btrfs(destination, "subvolume", "snapshot", ...flags, source, destination);
  }

  /** Deletes a subvolume, read-only or not, with those nested in it. What is not there is no error. */
  async deleteSubvolume(path: string): Promise<void> {
    await unlessGone(path, async () => {
      for (const nested of (await this.nestedSubvolumes(path)).reverse()) {
        await this.#deleteOne(join(path, nested));
      }
      await this.#deleteOne(path);
    });
  }

  /**
   * Deletes a read-only snapshot, which holds no subvolumes: btrfs leaves empty folders in their place. Cheaper than
   * `deleteSubvolume`. What is not there is no error.
   */
  async deleteSnapshot(path: string): Promise<void> {
    await unlessGone(path, async () => {
      // Only root may delete what is read-only; anybody else has to make it writable first.
      if (geteuid?.() === 0) await this.#remove(path);
      else await this.#deleteOne(path);
    });
  }

  /** Whether the path is the root of a subvolume. A symbolic link is not. */
  async isSubvolume(path: string): Promise<boolean> {
    const stat = await lstat(path).catch(absent);
    if (!stat?.isDirectory() || stat.ino !== subvolumeRootInode) return false;
    return (await statfs(path)).type === btrfsMagic;
  }

  async isBtrfs(path: string): Promise<boolean> {
    return (await statfs(path)).type === btrfsMagic;
  }

  /** Subvolumes inside this one, as paths relative to it, outer ones first. */
  async nestedSubvolumes(path: string): Promise<string[]> {
    // Only root may ask btrfs for them.
    if (geteuid?.() !== 0) return this.#walkForSubvolumes(path);
    const found: string[] = [];
    const open = [""];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const child of await this.#childSubvolumes(path, at)) {
        found.push(child);
        open.push(child);
      }
    }
    return found;
  }

  async setReadOnly(path: string, readOnly: boolean): Promise<void> {
    await this.#btrfs(path, "property", "set", "-ts", path, "ro", String(readOnly));
  }

  /** Waits until what was written to the file system is on the disk. */
  async sync(path: string): Promise<void> {
    await this.#btrfs(path, "filesystem", "sync", path);
  }

  /** Folders that this user cannot list are passed over. */
  async #walkForSubvolumes(path: string): Promise<string[]> {
    const closed = ["(", "!", "-readable", "-o", "!", "-executable", ")", "-prune"];
    const args = [".", "-ignore_readdir_race", "-type", "d", "-printf", "%i %P\\0", ...closed];
    const { stdout } = await this.#processes.run("find", args, { cwd: path });
    const own = `${subvolumeRootInode} `;
    const candidates = stdout
      .toString("utf8")
      .split("\0")
      .filter((record) => record.startsWith(own) && record !== own)
      .map((record) => record.slice(own.length));
    const found: string[] = [];
    for (const each of candidates) if (await this.isSubvolume(join(path, each))) found.push(each);
    return found;
  }

  async #childSubvolumes(root: string, inside: string): Promise<string[]> {
    const show = await this.#btrfs(root, "subvolume", "show", join(root, inside));
    // The first line is the path below the file system's top level; list prints the same kind of path.
    const own = show.stdout.toString("utf8").split("\n", 1)[0] ?? "";
    const list = await this.#btrfs(root, "subvolume", "list", "-o", join(root, inside));
    const children: string[] = [];
    for (const line of list.stdout.toString("utf8").split("\n")) {
      const path = / path (.*)$/.exec(line)?.[1];
      if (path?.startsWith(`${own}/`)) children.push(join(inside, path.slice(own.length + 1)));
    }
    return children;
  }

  async #deleteOne(path: string): Promise<void> {
    // An ordinary user cannot delete a read-only subvolume.
    // What was received refuses to become writable unless forced.
    await onceSent(() => this.#btrfs(path, "property", "set", "-f", "-ts", path, "ro", "false"));
    if (geteuid?.() !== 0) await openToOwner(path);
    await this.#remove(path);
  }

  async #remove(path: string): Promise<void> {
    await onceSent(() => this.#btrfs(dirname(path), "subvolume", "delete", path));
  }

  async #btrfs(where: string, ...args: string[]) {
    try {
      return await this.#processes.run("btrfs", args);
    } catch (thrown) {
      throw asPoolError(thrown, where);
    }
  }
}

/**
 * Does what btrfs refuses while a snapshot is being sent: a send that was cut off takes a moment to notice that
 * nobody reads any more.
 */
async function onceSent(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await work();
      return;
    } catch (thrown) {
      const isRefused = thrown instanceof ProcessFailed && thrown.stderr.includes("Operation not permitted");
      if (!isRefused || tries === triesWhileSent) throw thrown;
      await pause(betweenTriesMs);
    }
  }
}

/** Runs a deletion of what is there; one that another was faster with did not fail. */
async function unlessGone(path: string, deletion: () => Promise<void>): Promise<void> {
  const isGone = async () => (await lstat(path).catch(absent)) === null;
  if (await isGone()) return;
  try {
    await deletion();
  } catch (thrown) {
    if (!(await isGone())) throw thrown;
  }
}

/** An ordinary user may delete only a subvolume that lets him write into it. */
async function openToOwner(path: string): Promise<void> {
  const { mode } = await lstat(path);
  if ((mode & 0o700) !== 0o700) await chmod(path, 0o700);
}

function absent(thrown: unknown): null {
  if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return null;
  throw thrown;
}
