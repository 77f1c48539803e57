import type { EntryRow } from "../catalog/entryRow.ts";
import type { Pools } from "../catalog/pools.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import type { Btrfs } from "../volumes/btrfs.ts";
import { snapshotPath } from "../volumes/layout.ts";

/** Where the snapshot of an entry lies on this disk; null when it is not there, or its pool is not mounted. */
export async function snapshotOnDisk(
  { pools, btrfs }: { readonly pools: Pools; readonly btrfs: Btrfs },
  { projectId, poolId }: ProjectRow,
  { snapshotId }: EntryRow,
): Promise<string | null> {
  const pool = pools.find(poolId);
  const path = pool && snapshotPath(pool.path, projectId, snapshotId);
  return path !== undefined && (await btrfs.isSubvolume(path)) ? path : null;
}
