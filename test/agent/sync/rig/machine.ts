import { defaultRules } from "../../../../agent/protocol/retention.ts";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TransferRates } from "../../../../agent/blobstore/byteRate.ts";
import type { BlobStore } from "../../../../agent/blobstore/blobStore.ts";
import { Catalog } from "../../../../agent/catalog/catalog.ts";
import { Entries } from "../../../../agent/catalog/entries.ts";
import type { EntryRow } from "../../../../agent/catalog/entryRow.ts";
import { Pools } from "../../../../agent/catalog/pools.ts";
import { type ProjectRow, Projects } from "../../../../agent/catalog/projects.ts";
import { Settings } from "../../../../agent/catalog/settings.ts";
import { type Clock, systemClock } from "../../../../agent/host/clock.ts";
import { type CrashPoint, neverCrash } from "../../../../agent/host/crashPoints.ts";
import { newId } from "../../../../agent/host/ids.ts";
import { type Log, silentLog } from "../../../../agent/host/log.ts";
import { unattended } from "../../../../agent/host/longCall.ts";
import { ForkpointError } from "../../../../agent/protocol/errors.ts";
import type { StoreAccess } from "../../../../agent/sync/store/storeKeeper.ts";
import { SyncService } from "../../../../agent/sync/syncService.ts";
import { Btrfs } from "../../../../agent/volumes/btrfs.ts";
import {
  poolLayout,
  projectSnapshots,
  snapshotPath,
  stagingPath,
  volumePath,
} from "../../../../agent/volumes/layout.ts";
import type { Privileged } from "../../../../agent/volumes/privileged/privileged.ts";
import { RootPrivileged } from "../../../../agent/volumes/privileged/rootPrivileged.ts";
import { processes } from "../../../support/processes.ts";

/** What the rig must know of a machine; a process of its own can be told it as JSON. */
export interface MachinePlace {
  readonly home: string;
  /** The mount point of its pool. */
  readonly pool: string;
}

export interface MachineOptions {
  readonly clock?: Clock;
  readonly crashPoint?: CrashPoint;
  readonly access: StoreAccess;
  /** What its store goes by; nothing does when absent. */
  readonly rates?: TransferRates;
  /** What it may do; everything when absent. */
  readonly privileged?: Privileged;
  readonly log?: Log;
}

/** One store, by one URL, which honours conditions. */
export function onlyUrl(url: string, store: BlobStore): StoreAccess {
  return {
    openStore: (asked) => {
      if (asked !== url) throw new ForkpointError("STORE_URL_INVALID", `${asked} is no URL of a store.`);
      return store;
    },
    isForeign: () => false,
    setUp: () => Promise.resolve(),
    probe: () => Promise.resolve({ conditionalWrites: true }),
  };
}

const poolId = "pool";

/** An agent's catalog and safe copy over one pool, without the rooms above. */
export class Machine {
  readonly place: MachinePlace;
  readonly catalog: Catalog;
  readonly projects: Projects;
  readonly entries: Entries;
  readonly btrfs: Btrfs;
  readonly sync: SyncService;
  /** What clients were told. */
  readonly announced: string[] = [];

  constructor(place: MachinePlace, options: MachineOptions) {
    this.place = place;
    mkdirSync(place.home, { recursive: true });
    this.catalog = Catalog.open(join(place.home, "catalog.sqlite"));
    this.projects = new Projects(this.catalog);
    this.entries = new Entries(this.catalog);
    const pools = new Pools(this.catalog);
    const clock = options.clock ?? systemClock;
    this.btrfs = new Btrfs(processes);
    if (!pools.find(poolId)) pools.add({ poolId, path: place.pool, image: null, createdAt: 0 });
    const layout = poolLayout(place.pool);
    for (const folder of [layout.projects, layout.staging]) mkdirSync(folder, { recursive: true });
    this.entries.resetUploads();
    this.sync = new SyncService({
      catalog: this.catalog,
      projects: this.projects,
      entries: this.entries,
      pools,
      settings: new Settings(this.catalog),
      privileged: options.privileged ?? new RootPrivileged(processes),
      btrfs: this.btrfs,
      processes,
      clock,
      log: options.log ?? silentLog,
      announce: (event, body) => {
        this.announced.push(`${event} ${JSON.stringify(body)}`);
      },
      crashPoint: options.crashPoint ?? neverCrash,
      home: place.home,
      access: options.access,
      rates: options.rates ?? new TransferRates(clock),
      healthChanged: () => undefined,
    });
  }

  /** A project with an empty volume, or with a writable snapshot of another's entry. */
  async makeProject(slug: string, from?: EntryRow): Promise<ProjectRow> {
    const { pool } = this.place;
    const path = volumePath(pool, slug);
    const parent = from && this.projects.byId(from.projectId);
    if (from) {
      await this.btrfs.snapshot(this.pathOf(from), path, { readOnly: false });
    } else await this.btrfs.createSubvolume(path);
    const project: ProjectRow = {
      projectId: newId(),
      slug,
      poolId,
      path,
      createdAt: 1_700_000_000_000,
      forkedFrom:
        from && parent
          ? { projectId: parent.projectId, slug: parent.slug, snapshotId: from.snapshotId }
          : null,
      headSnapshotId: null,
      ...defaultRules,
      autoSnapshotMinutes: 0,
      undeleteHours: 0,
      remoteHead: null,
      lastPushAt: null,
      whole: true,
    };
    mkdirSync(projectSnapshots(pool, project.projectId), { recursive: true });
    this.projects.add(project);
    return project;
  }

  /** Takes an entry of the volume as it stands. */
  async snapshot(project: ProjectRow, label: string | null = null): Promise<EntryRow> {
    const { projectId } = project;
    const snapshotId = newId();
    await this.btrfs.snapshot(this.row(project).path, snapshotPath(this.place.pool, projectId, snapshotId), {
      readOnly: true,
    });
    this.entries.add({
      snapshotId,
      projectId,
      parentId: this.row(project).headSnapshotId,
      cause: "manual",
      author: "ada",
      label,
      note: null,
      named: label !== null,
      pinned: false,
      createdAt: 1_700_000_000_000,
      durability: "local",
      manifestDigest: null,
      guardId: null,
      verifiedAt: null,
      problem: null,
      tests: null,
      restored: null,
      rebuiltFrom: null,
    });
    this.projects.change(projectId, { headSnapshotId: snapshotId });
    return this.entry(projectId, snapshotId);
  }

  /** Deletes an entry here, as retention does. */
  async deleteEntry({ projectId, snapshotId }: EntryRow): Promise<void> {
    await this.sync.stopUploads(projectId, snapshotId);
    await this.btrfs.deleteSubvolume(snapshotPath(this.place.pool, projectId, snapshotId));
    this.entries.bury(projectId, snapshotId, 1);
  }

  /** Pushes all there is and waits. */
  async push(project: ProjectRow) {
    return this.sync.push(this.row(project), { wait: true }, unattended);
  }

  /** Rebuilds a snapshot beside the pool's own, from the store alone, whatever is on this disk; gives its path. */
  async pull(name: string, snapshotId?: string): Promise<string> {
    const { manifest, manifestDigest } = await this.sync.remote.find(name, snapshotId, unattended);
    const whole = this.projects.list().filter((project) => project.whole);
    // What is not whole is nobody's relative.
    for (const { projectId } of whole) this.projects.change(projectId, { whole: false });
    try {
      return await this.pullManifest(manifest.projectId, manifestDigest);
    } finally {
      for (const { projectId } of whole) this.projects.change(projectId, { whole: true });
    }
  }

  /** The same, onto a relative where one is on this disk. */
  async pullManifest(projectId: string, manifestDigest: string): Promise<string> {
    const staging = stagingPath(this.place.pool, newId());
    mkdirSync(staging);
    const destination = join(this.place.pool, `pulled-${newId()}`);
    await this.sync.pull({ projectId, manifestDigest, staging, destination }, unattended);
    rmSync(staging, { recursive: true });
    return destination;
  }

  /** The entry's read-only folder. */
  pathOf({ projectId, snapshotId }: EntryRow): string {
    return snapshotPath(this.place.pool, projectId, snapshotId);
  }

  row({ projectId }: { projectId: string }): ProjectRow {
    const row = this.projects.byId(projectId);
    if (!row) throw new Error(`There is no project ${projectId}.`);
    return row;
  }

  entry(projectId: string, snapshotId: string): EntryRow {
    const row = this.entries.find(projectId, snapshotId);
    if (!row) throw new Error(`There is no entry ${snapshotId}.`);
    return row;
  }

  durability({ projectId, snapshotId }: EntryRow): string {
    return this.entry(projectId, snapshotId).durability;
  }

  async close(): Promise<void> {
    await this.sync.close();
    this.catalog.close();
  }
}

/** A folder for catalogs, deleted by `close`. */
export function makeHomes(): { path: (name: string) => string; close: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "forkpoint-sync-"));
  return {
    path: (name) => join(folder, name),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
