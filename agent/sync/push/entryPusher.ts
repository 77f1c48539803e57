import type { Catalog } from "../../catalog/catalog.ts";
import type { Entries } from "../../catalog/entries.ts";
import type { EntryRow } from "../../catalog/entryRow.ts";
import type { Pools } from "../../catalog/pools.ts";
import type { ProjectRow, Projects } from "../../catalog/projects.ts";
import type { Announce } from "../../host/announce.ts";
import type { Clock } from "../../host/clock.ts";
import type { CrashPoint } from "../../host/crashPoints.ts";
import type { LongCall } from "../../host/longCall.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { Digest } from "../../repository/digest.ts";
import { storedCause } from "../../repository/manifest.ts";
import type { Btrfs } from "../../volumes/btrfs.ts";
import type { Privileged } from "../../volumes/privileged/privileged.ts";
import { pushSnapshot, type PushBase } from "./push.ts";
import { snapshotOnDisk } from "../snapshotOnDisk.ts";
import type { StoreKeeper } from "../store/storeKeeper.ts";

/** Takes one entry from local over uploading to durable. */
export class EntryPusher {
  readonly #catalog: Catalog;
  readonly #projects: Projects;
  readonly #entries: Entries;
  readonly #pools: Pools;
  readonly #store: StoreKeeper;
  readonly #machineId: string;
  readonly #privileged: Privileged;
  readonly #btrfs: Btrfs;
  readonly #clock: Clock;
  readonly #announce: Announce;
  readonly #crashPoint: CrashPoint;

  constructor(parts: {
    catalog: Catalog;
    projects: Projects;
    entries: Entries;
    pools: Pools;
    store: StoreKeeper;
    machineId: string;
    privileged: Privileged;
    btrfs: Btrfs;
    clock: Clock;
    announce: Announce;
    crashPoint: CrashPoint;
  }) {
    this.#catalog = parts.catalog;
    this.#projects = parts.projects;
    this.#entries = parts.entries;
    this.#pools = parts.pools;
    this.#store = parts.store;
    this.#machineId = parts.machineId;
    this.#privileged = parts.privileged;
    this.#btrfs = parts.btrfs;
    this.#clock = parts.clock;
    this.#announce = parts.announce;
    this.#crashPoint = parts.crashPoint;
  }

  /**
   * Pushes the entry; it is durable when this resolves, and local again when it rejects.
   * @throws ForkpointError VOLUME_MISSING when the snapshot is not on this disk, and as `pushSnapshot`
   */
  async push(project: ProjectRow, entry: EntryRow, base: PushBase | null, call: LongCall): Promise<void> {
    const { projectId } = project;
    const { snapshotId } = entry;
    const path = await this.#pathOf(project, entry);
    const repository = await this.#store.repository(call.signal);
    this.#entries.change(projectId, snapshotId, { durability: "uploading" });
    this.#announce("changed/timeline", { projectId });
    try {
      const becomesHead = this.#isNewest(entry);
      const request = {
        path,
        record: recordOf(project, entry),
        parentManifest: this.#manifestOf(projectId, entry.parentId),
        base,
        machineId: this.#machineId,
        knownHead: project.remoteHead,
        becomesHead,
      };
      const tools = {
        repository,
        privileged: this.#privileged,
        clock: this.#clock,
        crashPoint: this.#crashPoint,
      };
      const { manifestDigest } = await pushSnapshot(request, tools, call);
      this.#catalog.transaction(() => {
        this.#entries.change(projectId, snapshotId, {
          ...{ durability: "durable", manifestDigest },
          ...{ verifiedAt: null, problem: null },
        });
        const lastPushAt = this.#clock.now();
        this.#projects.change(
          projectId,
          becomesHead ? { remoteHead: manifestDigest, lastPushAt } : { lastPushAt },
        );
      });
      this.#crashPoint("push:entry-durable");
    } catch (thrown) {
      this.#entries.change(projectId, snapshotId, { durability: "local" });
      throw thrown;
    } finally {
      this.#announce("changed/timeline", { projectId });
    }
  }

  async #pathOf(project: ProjectRow, entry: EntryRow): Promise<string> {
    const path = await snapshotOnDisk({ pools: this.#pools, btrfs: this.#btrfs }, project, entry);
    if (path !== null) return path;
    throw new ForkpointError("VOLUME_MISSING", `The snapshot ${entry.snapshotId} is not on this disk.`, {
      hint: "Mount its pool; the snapshot is then pushed. Run `forkpoint doctor` to see what is missing.",
    });
  }

  #manifestOf(projectId: string, snapshotId: string | null): Digest | null {
    return snapshotId === null ? null : (this.#entries.find(projectId, snapshotId)?.manifestDigest ?? null);
  }

  /** Whether nothing newer of the project is in the store. */
  #isNewest(entry: EntryRow): boolean {
    const [stored] = this.#entries.storedNewestFirst(entry.projectId);
    return !stored || stored.seq < entry.seq;
  }
}

function recordOf(project: ProjectRow, entry: EntryRow) {
  return {
    projectId: project.projectId,
    slug: project.slug,
    snapshotId: entry.snapshotId,
    parentSnapshotId: entry.parentId,
    cause: storedCause(entry),
    label: entry.label,
    author: entry.author,
    createdAt: new Date(entry.createdAt).toISOString(),
    forkedFrom: project.forkedFrom,
  };
}
