import type { Acts } from "../catalog/acts.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { Entries } from "../catalog/entries.ts";
import type { Intents } from "../catalog/intents.ts";
import type { KeptEntries } from "../catalog/keptEntries.ts";
import type { Operations } from "../catalog/operations.ts";
import type { Pools } from "../catalog/pools.ts";
import type { Projects } from "../catalog/projects.ts";
import type { Announce } from "../host/announce.ts";
import type { Clock } from "../host/clock.ts";
import type { CrashPoint } from "../host/crashPoints.ts";
import type { Log } from "../host/log.ts";
import type { LongCall } from "../host/longCall.ts";
import type { Processes } from "../host/processes.ts";
import type { ProjectLocks } from "../host/projectLocks.ts";
import type { Pulled, PullRequest } from "../sync/pull/pull.ts";
import type { Btrfs } from "../volumes/btrfs.ts";
import type { Privileged } from "../volumes/privileged/privileged.ts";

/** What the timeline wants of those who make safe copies. */
export interface Uploads {
  /** There may be something new to put into the store. */
  wake(projectId: string): void;
  /** Whether a snapshot is being uploaded at the moment. */
  isUploading(): boolean;
  /** Ends the upload of a snapshot that is about to be deleted, and waits for its end. */
  stopUploads(projectId: string, snapshotId?: string): Promise<void>;
  /** Rebuilds a snapshot from the store. @throws ForkpointError STORE_*, OBJECT_*, POOL_*, CANCELLED */
  pull(request: PullRequest, call: LongCall): Promise<Pulled>;
}

/** What the operations on a timeline are made of. */
export interface TimelineParts {
  readonly catalog: Catalog;
  readonly pools: Pools;
  readonly projects: Projects;
  readonly entries: Entries;
  readonly kept: KeptEntries;
  readonly operations: Operations;
  readonly acts: Acts;
  readonly intents: Intents;
  readonly processes: Processes;
  readonly btrfs: Btrfs;
  readonly privileged: Privileged;
  readonly locks: ProjectLocks;
  readonly uploads: Uploads;
  readonly clock: Clock;
  readonly log: Log;
  readonly announce: Announce;
  readonly crashPoint: CrashPoint;
  /** The user the agent runs as. */
  readonly author: string;
}
