import { access, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { LongCall } from "../host/longCall.ts";
import type { Processes } from "../host/processes.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { asPoolError } from "./poolErrors.ts";
import type { Privileged } from "./privileged/privileged.ts";

/** Sizes are bytes. */
export interface PoolSpace {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** Share of all space for metadata, allocated or still allocatable, that is used: 0 to 1. */
  readonly metadataUsedRatio: number;
  /** Read, write, flush, corruption and generation errors since the file system was made. */
  readonly deviceErrors: number;
  readonly readOnly: boolean;
}

/** Pools as file systems: made in a file, mounted, measured. */
export class PoolDevice {
  readonly #processes: Processes;
  readonly #privileged: Privileged;

  constructor(processes: Processes, privileged: Privileged) {
    this.#processes = processes;
    this.#privileged = privileged;
  }

  /**
   * Makes a sparse image of `size` bytes with a file system in it and mounts it at `mount`, which is made
   * when it is missing. On failure the image is gone again.
   * @throws ForkpointError POOL_EXISTS when there is something at `image`; NEEDS_ROOT, CANCELLED
   */
  async create(pool: { image: string; size: number; mount: string }, call: LongCall): Promise<void> {
    const step = (message: string, done: number) =>
      call.report({ message, done, total: 3, unit: "steps", rate: null });
    step("Making the image", 0);
    await makeImage(pool.image, pool.size);
    try {
      call.signal.throwIfAborted();
      step("Making the file system", 1);
      await this.#privileged.makeFileSystem(pool.image);
      call.signal.throwIfAborted();
      step("Mounting", 2);
      await this.mount(pool);
    } catch (thrown) {
      await rm(pool.image, { force: true });
      throw asPoolError(thrown, pool.image);
    }
    step("Ready", 3);
  }

  /** Mounts it, and makes the mount point when it is missing. @throws ForkpointError NEEDS_ROOT; ProcessFailed */
  async mount(pool: { image: string; mount: string }): Promise<void> {
    await this.#privileged.mount(pool.image, pool.mount);
  }

  /** @throws ForkpointError NEEDS_ROOT, POOL_FULL; ProcessFailed */
  async grow(pool: { image: string; mount: string }, size: number): Promise<void> {
    try {
      await this.#privileged.grow(pool.image, pool.mount, size);
    } catch (thrown) {
      throw asPoolError(thrown, pool.image);
    }
  }

  /**
   * Brings the image back to a plain file, whatever state an interrupted operation left it in: unmounted,
   * and without a loop device.
   * @throws ForkpointError NEEDS_ROOT, POOL_IN_USE; ProcessFailed, when something still uses it
   */
  async release(pool: { image: string; mount: string }): Promise<void> {
    await this.#privileged.release(pool.image, pool.mount);
  }

  async space(mount: string): Promise<PoolSpace> {
    const usage = await this.#text("btrfs", "filesystem", "usage", "-b", mount);
    const bytes = (pattern: RegExp) => {
      const value = pattern.exec(usage)?.[1];
      if (value === undefined)
        throw new Error(`btrfs filesystem usage ${mount} does not say ${pattern.source}.`);
      return Number(value);
    };
    const metadataSize = bytes(/^Metadata,\w+: Size:(\d+)/m);
    const metadataUsed = bytes(/^Metadata,\w+: Size:\d+, Used:(\d+)/m);
    const copies = bytes(/Metadata ratio:\s+(\d+)/);
    const unallocated = bytes(/Device unallocated:\s+(\d+)/);
    const columns = ["--noheadings", "--nofsroot", "--output", "SOURCE,OPTIONS"];
    const found = await this.#text("findmnt", ...columns, "--target", mount);
    const [source = "", options = ""] = found.split("\n", 1)[0]?.trim().split(/\s+/) ?? [];
    return {
      totalBytes: bytes(/Device size:\s+(\d+)/),
      freeBytes: bytes(/Free \(estimated\):\s+(\d+)/),
      metadataUsedRatio: metadataUsed / (metadataSize + unallocated / copies),
      deviceErrors: await deviceErrors(source),
      readOnly: options.split(",").includes("ro"),
    };
  }

  async #text(program: string, ...args: string[]): Promise<string> {
    return (await this.#processes.run(program, args)).stdout.toString("utf8");
  }
}

/** From where the kernel shows it to everybody; `btrfs device stats` takes root. */
async function deviceErrors(source: string): Promise<number> {
  const all = "/sys/fs/btrfs";
  for (const id of await readdir(all)) {
    if (!(await isDevice(join(all, id, "devices", basename(source))))) continue;
    let sum = 0;
    for (const device of await readdir(join(all, id, "devinfo"))) {
      const stats = await readFile(join(all, id, "devinfo", device, "error_stats"), "utf8");
      for (const [, count] of stats.matchAll(/\s(\d+)$/gm)) sum += Number(count);
    }
    return sum;
  }
  throw new Error(`The kernel does not say which file system ${source} holds.`);
}

async function isDevice(link: string): Promise<boolean> {
  return access(link).then(
    () => true,
    () => false,
  );
}

async function makeImage(image: string, size: number): Promise<void> {
  try {
    await stat(dirname(image));
  } catch (thrown) {
    throw new ForkpointError("PATH_NOT_FOUND", `The folder ${dirname(image)} does not exist.`, {
      hint: "Make the folder first, or put the image elsewhere.",
      cause: thrown,
    });
  }
  const file = await open(image, "wx", 0o600).catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
    throw new ForkpointError("POOL_EXISTS", `There is something at ${image} already.`);
  });
  try {
    await file.truncate(size);
  } finally {
    await file.close();
  }
}
