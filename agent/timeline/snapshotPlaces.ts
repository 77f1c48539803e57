import type { Pools } from "../catalog/pools.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { Btrfs } from "../volumes/btrfs.ts";
import { snapshotPath, stagingPath } from "../volumes/layout.ts";

/** Where the snapshots of projects lie. */
export class SnapshotPlaces {
  readonly #pools: Pools;
  readonly #btrfs: Btrfs;

  constructor(parts: { readonly pools: Pools; readonly btrfs: Btrfs }) {
    this.#pools = parts.pools;
    this.#btrfs = parts.btrfs;
  }

  of(project: ProjectRow, snapshotId: string): string {
    return snapshotPath(this.#pool(project), project.projectId, snapshotId);
  }

  /** A place for a snapshot that nobody shall see. */
  staging(project: ProjectRow, name: string): string {
    return stagingPath(this.#pool(project), name);
  }

  /**
   * Sees to it that the live volume is there.
   * @throws ForkpointError VOLUME_MISSING
   */
  async requireVolume(project: ProjectRow): Promise<void> {
    if (await this.#btrfs.isSubvolume(project.path)) return;
    throw new ForkpointError("VOLUME_MISSING", `The volume ${project.path} is not there.`);
  }

  /**
   * The folder of a snapshot, which is there.
   * @throws ForkpointError SNAPSHOT_NOT_LOCAL
   */
  async require(project: ProjectRow, snapshotId: string): Promise<string> {
    const path = this.of(project, snapshotId);
    if (await this.#btrfs.isSubvolume(path)) return path;
    throw new ForkpointError("SNAPSHOT_NOT_LOCAL", `The snapshot ${snapshotId} is not on this disk.`);
  }

  #pool(project: ProjectRow): string {
    const pool = this.#pools.find(project.poolId);
    if (!pool) throw new Error(`The project ${project.projectId} lies on a pool that nobody knows.`);
    return pool.path;
  }
}
