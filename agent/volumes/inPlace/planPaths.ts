import { lstat, readdir } from "node:fs/promises";
import type { BigIntStats } from "node:fs";
import type { LongCall } from "../../host/longCall.ts";
import type { Processes } from "../../host/processes.ts";
import { depthOf, joinBytes, parentOf } from "../bytePaths.ts";
import { readDifferences } from "../comparison/differences.ts";
import type { Privileged } from "../privileged/privileged.ts";
import { namesOfFile } from "./namesOfFile.ts";
import { PathScope } from "./pathScope.ts";
import { emptyPlan, PathSet, type Plan } from "./plan.ts";

/**
 * Plans how some paths of a volume that equals `current` become what they are in `target`, and nothing
 * else does. A path that only one of the two has is made or removed. Hard links to names outside of the
 * paths are not kept, since those names stay as they are.
 * @param paths relative to the volume, none of them empty
 */
export async function planPaths(
  tools: { readonly processes: Processes; readonly privileged: Privileged },
  snapshots: { readonly current: string; readonly target: string },
  paths: readonly Buffer[],
  call: LongCall,
): Promise<Plan> {
  const { current, target } = snapshots;
  const differences = await readDifferences(tools.privileged, { from: current, to: target }, call);
  const scope = new PathScope(paths);
  const taken = new PathSet();
  const wanted = new PathSet();
  const attributes = new PathSet();
  const lostAttributes: { path: Buffer; names: readonly Buffer[] }[] = [];
  const within = (path: Buffer) => scope.holds(path);

  for (const { from, path } of differences.moved) {
    if (within(from)) taken.add(from);
    if (within(path)) wanted.add(path);
    // What moved along with a folder above is named by no difference of its own.
    for (const each of scope.within(from)) taken.add(each);
    for (const each of scope.within(path)) wanted.add(each);
  }
  for (const { path } of differences.removed) if (within(path)) taken.add(path);
  for (const { path } of differences.created) if (within(path)) wanted.add(path);
  for (const { origin, path, inode } of differences.changed) {
    // The comparison gives one name of each file; others may lie within the paths as well.
    const stat = inode.type === "directory" ? null : await statInside(target, path);
    if (stat && stat.nlink > 1n) {
      const file = { inode: stat.ino, count: Number(stat.nlink) };
      const names = await namesOfFile(tools.processes, target, file, call.signal);
      for (const name of names) if (within(name)) wanted.add(name);
    }
    if (!within(path)) continue;
    if (inode.type === "directory" && origin.equals(path)) {
      attributes.add(path);
      if (inode.removedXattrs.length > 0) lostAttributes.push({ path, names: inode.removedXattrs });
    } else wanted.add(path);
  }

  const plan = { ...emptyPlan(), lostAttributes };
  const collector = new Collector(snapshots, plan, call.signal);
  for (const path of wanted) await collector.addWithParents(path);
  for (const path of taken) if (await statInside(current, path)) plan.taken.push({ path, moves: false });
  plan.taken.sort((one, other) => depthOf(other.path) - depthOf(one.path));
  plan.folders.sort((one, other) => depthOf(one) - depthOf(other));
  const folders = new PathSet();
  for (const path of [...plan.folders, ...attributes]) folders.add(path);
  // The work itself changes the times of the folders in which something is put or taken away.
  const touched = [...plan.taken, ...plan.linked].map(({ path }) => path);
  for (const path of [...touched, ...plan.folders, ...plan.copied].map(parentOf)) {
    if (path.length === 0 || !within(path) || folders.has(path)) continue;
    if ((await statInside(target, path))?.isDirectory()) folders.add(path);
  }
  plan.attributes.push(...[...folders].sort((one, other) => depthOf(other) - depthOf(one)));
  return plan;
}

/** Adds what the target holds at and below paths, each entry once. */
class Collector {
  readonly #current: string;
  readonly #target: string;
  readonly #plan: Plan;
  readonly #signal: AbortSignal;
  readonly #seen = new PathSet();
  readonly #firstNames = new Map<bigint, Buffer>();

  constructor(
    snapshots: { readonly current: string; readonly target: string },
    plan: Plan,
    signal: AbortSignal,
  ) {
    this.#current = snapshots.current;
    this.#target = snapshots.target;
    this.#plan = plan;
    this.#signal = signal;
  }

  /** The path itself, and the folders on the way to it that are missing. */
  async addWithParents(path: Buffer): Promise<void> {
    for (let at = parentOf(path); at.length > 0; at = parentOf(at)) {
      if ((await statInside(this.#current, at))?.isDirectory()) break;
      if (this.#seen.add(at)) this.#plan.folders.push(at);
    }
    const stat = await statInside(this.#target, path);
    if (stat) await this.#add(path, stat);
  }

  async #add(path: Buffer, stat: BigIntStats): Promise<void> {
    this.#signal.throwIfAborted();
    if (stat.isDirectory()) {
      if (this.#seen.add(path)) this.#plan.folders.push(path);
      const folder = joinBytes(Buffer.from(this.#target), path);
      for (const name of await readdir(folder, { encoding: "buffer" })) {
        const child = joinBytes(path, name);
        const below = await statInside(this.#target, child);
        if (below) await this.#add(child, below);
      }
      return;
    }
    if (!this.#seen.add(path)) return;
    const first = stat.nlink > 1n ? this.#firstNames.get(stat.ino) : undefined;
    if (first) this.#plan.linked.push({ path, to: first });
    else {
      this.#firstNames.set(stat.ino, path);
      this.#plan.copied.push(path);
    }
  }
}

async function statInside(root: string, path: Buffer): Promise<BigIntStats | null> {
  try {
    return await lstat(joinBytes(Buffer.from(root), path), { bigint: true });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw thrown;
  }
}
