import { join } from "node:path";

/** Where things lie on a pool. All absolute paths. */
export interface PoolLayout {
  readonly projects: string;
  readonly snapshots: string;
  readonly staging: string;
}

export function poolLayout(pool: string): PoolLayout {
  const own = join(pool, ".forkpoint");
  return {
    projects: join(pool, "projects"),
    snapshots: join(own, "snapshots"),
    staging: join(own, "staging"),
  };
}

/** The live volume of a project we placed; adopted folders stay where they are. */
export function volumePath(pool: string, slug: string): string {
  return join(poolLayout(pool).projects, slug);
}

export function projectSnapshots(pool: string, projectId: string): string {
  return join(poolLayout(pool).snapshots, projectId);
}

export function snapshotPath(pool: string, projectId: string, snapshotId: string): string {
  return join(projectSnapshots(pool, projectId), snapshotId);
}

/** A place for something half made; swept at start-up unless an intent names it. */
export function stagingPath(pool: string, name: string): string {
  return join(poolLayout(pool).staging, name);
}
