import { lstat, link, mkdir, readdir, rename, rm, rmdir, unlink } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { CrashPoint } from "../../host/crashPoints.ts";
import { inParallel } from "../../host/inParallel.ts";
import type { LongCall } from "../../host/longCall.ts";
import type { Processes } from "../../host/processes.ts";
import { depthOf, joinBytes, parentOf } from "../bytePaths.ts";
import { asPoolError } from "../poolErrors.ts";
import type { Privileged } from "../privileged/privileged.ts";
import { Batches } from "./batches.ts";
import { ClosedFolders } from "./closedFolders.ts";
import type { Plan } from "./plan.ts";
import { planPaths } from "./planPaths.ts";
import { planWhole } from "./planWhole.ts";

export interface Equalisation {
  /** The root of the writable volume. */
  readonly live: string;
  /** A read-only snapshot of the volume as it is now. */
  readonly current: string;
  /** The read-only snapshot it shall become equal to. */
  readonly target: string;
  /** Only these, relative to the root; all when absent. */
  readonly paths?: readonly Buffer[];
}

export interface EqualiserParts {
  readonly processes: Processes;
  readonly privileged: Privileged;
  readonly crashPoint: CrashPoint;
}

/** Names of the folder that holds what is under way begin with this. */
const workFolderPrefix = ".forkpoint-restoring-";

/**
 * Makes a live volume equal to a snapshot, in place: what is the same is not touched, so that programs that
 * work in it live on. A file appears complete or not at all. Cut off or failed, the volume is between the
 * two; the caller has a snapshot of before and calls this again, for either direction.
 * @throws ForkpointError POOL_FULL, POOL_READ_ONLY, NEEDS_ROOT, CANCELLED
 */
export async function makeEqual(parts: EqualiserParts, what: Equalisation, call: LongCall): Promise<void> {
  const plan = what.paths
    ? await planPaths(parts, what, what.paths, call)
    : await planWhole(parts, what, call);
  const work = join(what.live, `${workFolderPrefix}${randomBytes(6).toString("hex")}`);
  try {
    await new Work(parts, what, plan, work, call).run();
  } catch (thrown) {
    throw asPoolError(thrown, what.live);
  }
}

class Work {
  readonly #parts: EqualiserParts;
  readonly #what: Equalisation;
  readonly #plan: Plan;
  readonly #live: Buffer;
  readonly #folder: Buffer;
  readonly #copies: string;
  readonly #call: LongCall;
  readonly #batches: Batches;
  readonly #closed: ClosedFolders;
  readonly #total: number;
  /** Where what is moved waits, by its old path; numbered, since names can be as long as names may be. */
  readonly #aside = new Map<string, Buffer>();
  #done = 0;

  constructor(parts: EqualiserParts, what: Equalisation, plan: Plan, folder: string, call: LongCall) {
    this.#parts = parts;
    this.#what = what;
    this.#plan = plan;
    this.#live = Buffer.from(what.live);
    this.#folder = Buffer.from(folder);
    this.#copies = join(folder, "copies");
    this.#call = call;
    this.#batches = new Batches(parts.processes, call.signal);
    this.#closed = new ClosedFolders(what.live);
    this.#total = plan.taken.length + plan.folders.length + plan.moved.length + 2 * plan.copied.length;
    for (const [at, { from }] of plan.moved.entries()) {
      this.#aside.set(from.toString("latin1"), joinBytes(this.#folder, Buffer.from(`aside-${at}`)));
    }
  }

  async run(): Promise<void> {
    const { crashPoint } = this.#parts;
    await this.#closed.open(Buffer.alloc(0));
    await mkdir(this.#folder, { mode: 0o700 });
    await mkdir(this.#copies);
    crashPoint("makeEqual:folder");
    await this.#copy();
    crashPoint("makeEqual:copied");
    await this.#take();
    crashPoint("makeEqual:taken");
    await this.#place();
    crashPoint("makeEqual:placed");
    await this.#link();
    crashPoint("makeEqual:linked");
    await this.#sweep();
    await this.#attributes();
    await this.#closed.close(this.#plan.attributes);
    crashPoint("makeEqual:attributes");
  }

  /** First what takes room and can fail for it, while nothing was taken away yet. */
  async #copy(): Promise<void> {
    const target = new ClosedFolders(this.#what.target);
    const copied: Buffer[] = [];
    for (const path of this.#plan.copied) {
      if (!(await target.lieAbove(path))) copied.push(path);
      else {
        // The copy's folder is closed as its original is, and no other file could follow.
        await this.#batches.copy(this.#what.target, [path], this.#copies);
        await this.#batches.openFolders(this.#copies);
        this.#step(1);
      }
    }
    for (let at = 0; at < copied.length; at += 2000) {
      const part = copied.slice(at, at + 2000);
      await this.#batches.copy(this.#what.target, part, this.#copies);
      this.#step(part.length);
    }
  }

  async #take(): Promise<void> {
    for (const { path, moves } of this.#plan.taken) {
      const there = joinBytes(this.#live, path);
      await this.#closed.open(parentOf(path));
      if (moves) await this.#closed.open(path);
      if (moves) await rename(there, this.#asideOf(path));
      else await remove(there);
      this.#parts.crashPoint("makeEqual:one-taken");
      this.#step(1);
    }
  }

  async #place(): Promise<void> {
    const { folders, moved, copied } = this.#plan;
    const steps = [
      ...folders.map((path) => ({ path, run: () => makeFolder(joinBytes(this.#live, path)) })),
      ...moved.map(({ from, path }) => ({
        path,
        run: () => renameOver(this.#asideOf(from), joinBytes(this.#live, path)),
      })),
    ].sort((one, other) => depthOf(one.path) - depthOf(other.path));
    for (const { path, run } of steps) {
      await this.#closed.open(parentOf(path));
      await run();
      this.#parts.crashPoint("makeEqual:one-placed");
      this.#step(1);
    }
    const copies = Buffer.from(this.#copies);
    await inParallel(copied, 16, async (path) => {
      await this.#closed.open(parentOf(path));
      await renameOver(joinBytes(copies, path), joinBytes(this.#live, path));
      this.#step(1);
    });
  }

  async #link(): Promise<void> {
    const linked = joinBytes(this.#folder, Buffer.from("link"));
    for (const { path, to } of this.#plan.linked) {
      await this.#closed.open(parentOf(path));
      await link(joinBytes(this.#live, to), linked);
      await renameOver(linked, joinBytes(this.#live, path));
      // A rename onto another name of the same file does nothing at all.
      if (await lstat(linked).catch(absent)) await unlink(linked);
    }
  }

  async #attributes(): Promise<void> {
    const { attributes, lostAttributes } = this.#plan;
    const byName = new Map<string, Buffer[]>();
    for (const { path, names } of lostAttributes) {
      for (const name of names) {
        const paths = byName.get(name.toString()) ?? [];
        byName.set(name.toString(), [...paths, path]);
      }
    }
    for (const [name, paths] of byName) await this.#batches.removeAttribute(this.#what.live, name, paths);
    await this.#batches.copyFolderAttributes(this.#what.target, attributes, this.#what.live);
  }

  /** Removes the work folder, and those that were left when earlier work was cut off. */
  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#live, { encoding: "buffer" })) {
      if (!name.toString("latin1").startsWith(workFolderPrefix)) continue;
      await rm(joinBytes(this.#live, name), { recursive: true });
    }
  }

  #asideOf(from: Buffer): Buffer {
    const place = this.#aside.get(from.toString("latin1"));
    if (!place) throw new Error("Something is set aside that moves nowhere.");
    return place;
  }

  #step(count: number): void {
    this.#call.signal.throwIfAborted();
    this.#done += count;
    this.#call.report({
      message: "Restoring",
      done: this.#done,
      total: this.#total,
      unit: "files",
      rate: null,
    });
  }
}

/** What a program wrote into a folder meanwhile goes with it: the volume becomes equal to the snapshot. */
async function remove(path: Buffer): Promise<void> {
  const stat = await lstat(path).catch(absent);
  if (!stat) return;
  if (!stat.isDirectory()) return unlink(path);
  await rmdir(path).catch(async (thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw thrown;
    await rm(path, { recursive: true });
  });
}

async function makeFolder(path: Buffer): Promise<void> {
  try {
    await mkdir(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
    if ((await lstat(path)).isDirectory()) return;
    await unlink(path);
    await mkdir(path);
  }
}

async function renameOver(from: Buffer, to: Buffer): Promise<void> {
  try {
    await rename(from, to);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code !== "EISDIR" && code !== "ENOTDIR" && code !== "ENOTEMPTY" && code !== "EEXIST") throw thrown;
    await remove(to);
    await rename(from, to);
  }
}

function absent(thrown: unknown): null {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return null;
  throw thrown;
}
