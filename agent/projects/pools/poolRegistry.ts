import { realpath, stat } from "node:fs/promises";
import type { PoolRow, Pools } from "../../catalog/pools.ts";
import type { Clock } from "../../host/clock.ts";
import { newId } from "../../host/ids.ts";
import type { Log } from "../../host/log.ts";
import type { Pool } from "../../protocol/pool.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { PoolDevice } from "../../volumes/poolDevice.ts";
import { isWithin, type Mount, readMountTable } from "../../volumes/mountTable.ts";
import type { Privileged } from "../../volumes/privileged/privileged.ts";
import { isWritable, readPoolMarker, writePoolMarker } from "./poolMarker.ts";
import { isThere } from "../isThere.ts";

/** The pools of this machine: which there are, whether they are there, and how they come back. */
export class PoolRegistry {
  readonly #pools: Pools;
  readonly #device: PoolDevice;
  readonly #privileged: Pick<Privileged, "mode">;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(parts: {
    pools: Pools;
    device: PoolDevice;
    privileged: Pick<Privileged, "mode">;
    clock: Clock;
    log: Log;
  }) {
    this.#pools = parts.pools;
    this.#device = parts.device;
    this.#privileged = parts.privileged;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** @throws ForkpointError POOL_NOT_FOUND */
  named(poolId: string): PoolRow {
    const row = this.#pools.find(poolId);
    if (row) return row;
    throw new ForkpointError("POOL_NOT_FOUND", `There is no pool ${JSON.stringify(poolId)} on this machine.`);
  }

  isRegistered(poolId: string): boolean {
    return this.#pools.find(poolId) !== undefined;
  }

  rows(): PoolRow[] {
    return this.#pools.list();
  }

  /** Whether the pool is mounted where it belongs. */
  async isReady(poolId: string): Promise<boolean> {
    const row = this.#pools.find(poolId);
    return row !== undefined && (await readPoolMarker(row.path)) === poolId;
  }

  /**
   * The pool for a new project: the named one, else the first that is mounted.
   * @throws ForkpointError POOL_NOT_FOUND
   */
  async forNewProject(poolId: string | undefined): Promise<PoolRow> {
    if (poolId !== undefined) {
      const row = this.named(poolId);
      if (await this.isReady(poolId)) return row;
      throw new ForkpointError("POOL_NOT_FOUND", `The pool ${row.path} is not mounted.`, {
        hint: "Mount it, then look at `forkpoint pool status`.",
      });
    }
    for (const row of this.#pools.list()) if (await this.isReady(row.poolId)) return row;
    const make = "Make one with `forkpoint pool create --image FILE --size 20G`";
    const adopt = "adopt a btrfs folder with `forkpoint pool adopt DIR`";
    throw new ForkpointError("POOL_NOT_FOUND", "No pool is mounted on this machine.", {
      hint:
        this.#privileged.mode === "none"
          ? `Run \`sudo forkpoint setup\` first, then make one with \`forkpoint pool create --image FILE --size 20G\`; or ${adopt}.`
          : `${make}, or ${adopt}.`,
    });
  }

  /** Every pool with its state and space. A pool that cannot be read is `missing`, never an error. */
  async list(): Promise<Pool[]> {
    return Promise.all(this.#pools.list().map((row) => this.describe(row)));
  }

  async describe(row: PoolRow): Promise<Pool> {
    const { poolId, path, image } = row;
    const absent = { totalBytes: null, freeBytes: null, metadataUsedRatio: null, deviceErrors: null };
    try {
      if ((await readPoolMarker(path)) !== poolId) {
        const gone = !(await isThere(image ?? path));
        return { poolId, path, image, state: gone ? "missing" : "unmounted", ...absent };
      }
      const space = await this.#device.space(path);
      return {
        poolId,
        path,
        image,
        state: space.readOnly ? "read-only" : "mounted",
        totalBytes: space.totalBytes,
        freeBytes: space.freeBytes,
        metadataUsedRatio: space.metadataUsedRatio,
        deviceErrors: space.deviceErrors,
      };
    } catch (thrown) {
      this.#log.error("a pool cannot be read", { poolId, path, message: String(thrown) });
      return { poolId, path, image, state: "missing", ...absent };
    }
  }

  /**
   * Registers a folder on a mounted btrfs as a pool; the same folder again gives the same pool.
   * @throws ForkpointError NOT_BTRFS, POOL_EXISTS, BAD_REQUEST
   */
  async adopt(path: string): Promise<PoolRow> {
    const root = await realpath(path).catch((thrown: unknown) => {
      throw new ForkpointError(
        "BAD_REQUEST",
        `The folder ${path} cannot be used: ${(thrown as Error).message}.`,
      );
    });
    const known = this.#pools.list();
    const same = known.find((row) => row.path === root);
    if (same && (await this.isReady(same.poolId))) return same;
    const mounts = await readMountTable();
    const mount = mountHolding(root, mounts);
    if (mount.type !== "btrfs" || !(await stat(root)).isDirectory()) {
      throw new ForkpointError("NOT_BTRFS", `${root} is not a folder on a btrfs file system.`);
    }
    const twin = known.find((row) => row !== same && mountHolding(row.path, mounts).source === mount.source);
    if (twin) {
      throw new ForkpointError("POOL_EXISTS", `${root} lies on the file system of the pool ${twin.path}.`, {
        details: { poolId: twin.poolId },
        hint: "Use that pool; one file system is one pool.",
      });
    }
    if (!(await isWritable(root))) {
      throw new ForkpointError("BAD_REQUEST", `The agent's user may not write into ${root}.`, {
        hint: "Give the agent's user the right to write there, or adopt a folder it owns on that file system.",
      });
    }
    const row = same ?? { poolId: newId(), path: root, image: null, createdAt: this.#clock.now() };
    await writePoolMarker(root, row.poolId);
    if (!same) this.#pools.add(row);
    return row;
  }

  /** Mounts every pool we made that is not mounted. What cannot be mounted is logged and left. */
  async mountAll(): Promise<void> {
    for (const row of this.#pools.list()) {
      if (row.image === null) continue;
      try {
        if (await this.isReady(row.poolId)) continue;
        await this.#device.mount({ image: row.image, mount: row.path });
        this.#log.info("mounted a pool", { poolId: row.poolId, path: row.path });
      } catch (thrown) {
        this.#log.error("a pool cannot be mounted", {
          poolId: row.poolId,
          image: row.image,
          message: String(thrown),
        });
      }
    }
  }
}

/** The mount that `path` lies on: the last one of the longest path. */
function mountHolding(path: string, mounts: readonly Mount[]): Mount {
  let best: Mount = { id: 0, path: "/", type: "unknown", source: "unknown" };
  for (const mount of mounts) {
    if (isWithin(path, mount.path) && mount.path.length >= best.path.length) best = mount;
  }
  return best;
}
