import type { Entries } from "../catalog/entries.ts";
import type { EntryRow } from "../catalog/entryRow.ts";
import type { ProjectRow, Projects } from "../catalog/projects.ts";
import type { Announce } from "../host/announce.ts";
import type { LongCall } from "../host/longCall.ts";
import type { ProjectLocks } from "../host/projectLocks.ts";
import type { Health } from "../protocol/health.ts";
import type { Pool } from "../protocol/pool.ts";
import type { Project } from "../protocol/project.ts";
import type { Store } from "../protocol/store.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { CheckedParams } from "../protocol/methods.ts";
import type { SyncService } from "../sync/syncService.ts";
import type { TimelineService } from "../timeline/timelineService.ts";
import type { FolderAdoption } from "./import/adoptFolder.ts";
import type { ProjectDeletion } from "./deleteProject.ts";
import type { Fork } from "./fork.ts";
import type { HealthReader } from "./health/healthReader.ts";
import type { HealthWatch } from "./health/healthWatch.ts";
import type { FolderImport } from "./import/importFolder.ts";
import { isWithin } from "../volumes/mountTable.ts";
import type { PoolRegistry } from "./pools/poolRegistry.ts";
import type { ProjectFolders } from "./import/projectFolder.ts";
import type { ProjectLookup } from "./projectLookup.ts";
import type { ProjectView } from "./projectView.ts";
import type { ProjectPull } from "./pullProject.ts";
import { checkSlug } from "./slug.ts";

interface Parts {
  readonly projects: Projects;
  readonly entries: Entries;
  readonly registry: PoolRegistry;
  readonly folders: ProjectFolders;
  readonly lookup: ProjectLookup;
  readonly view: ProjectView;
  readonly adoption: FolderAdoption;
  readonly folderImport: FolderImport;
  readonly fork: Fork;
  readonly projectPull: ProjectPull;
  readonly deletion: ProjectDeletion;
  readonly locks: ProjectLocks;
  readonly timeline: TimelineService;
  readonly sync: SyncService;
  readonly healthReader: HealthReader;
  readonly healthWatch: HealthWatch;
  readonly announce: Announce;
}

/** What clients do with projects; every change is announced. */
export class ProjectService {
  readonly #parts: Parts;
  /** Folders that become projects at this moment. */
  readonly #importing = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Makes a project of a folder: adopts a subvolume of a pool where it is, copies any other.
   * @throws ForkpointError REFUSED_ROOT, PROJECT_EXISTS, PROJECT_BUSY, POOL_NOT_FOUND, and as
   *   `FolderImport.run` and `FolderAdoption.run`
   */
  async import(
    params: CheckedParams<"project/import">,
    call: LongCall,
  ): Promise<{ project: Project; entryRow: EntryRow; adopted: boolean }> {
    const { folders, registry, adoption, folderImport, entries } = this.#parts;
    const { path, subvolumeOf } = await folders.judge(params.path);
    this.#refuseImporting(path);
    this.#importing.add(path);
    try {
      const { slug, copy } = params;
      const projectId = subvolumeOf
        ? await adoption.run(path, slug, subvolumeOf, call)
        : await folderImport.run(
            { source: path, slug, copy, pool: await registry.forNewProject(params.poolId) },
            call,
          );
      const row = this.#born(projectId);
      const entryRow = entries.find(projectId, row.headSnapshotId ?? "");
      if (!entryRow) throw new Error(`The new project ${row.slug} has no entry.`);
      return { project: await this.show(row), entryRow, adopted: subvolumeOf !== null };
    } finally {
      this.#importing.delete(path);
    }
  }

  list(): Promise<Project[]> {
    return Promise.all(this.#parts.projects.list().map((row) => this.show(row)));
  }

  show(row: ProjectRow): Promise<Project> {
    return this.#parts.view.of(row);
  }

  /** The project whose volume holds `path`; null when none does. */
  async resolve(path: string): Promise<Project | null> {
    const row = await this.#parts.lookup.holding(path);
    return row ? this.show(row) : null;
  }

  /** Changes the settings that are given. @throws ForkpointError PROJECT_NOT_FOUND */
  configure(row: ProjectRow, settings: CheckedParams<"project/configure">["settings"]): Promise<Project> {
    const { projects, timeline, announce, healthWatch } = this.#parts;
    const { projectId } = this.#current(row);
    projects.change(projectId, settings);
    timeline.configured(projectId);
    announce("changed/machine", { what: "projects" });
    healthWatch.changed(projectId);
    return this.show(this.#current(row));
  }

  /**
   * Deletes the project on this machine; the store keeps its copy.
   * @throws ForkpointError PROJECT_HAS_FORKS, PROJECT_BUSY, PROJECT_NOT_FOUND, CANCELLED
   */
  async delete(row: ProjectRow, call: LongCall): Promise<void> {
    const { deletion, sync, timeline, locks, projects, announce, healthWatch } = this.#parts;
    const { projectId } = row;
    const request = { operation: "deleting", refuse: true, signal: call.signal };
    await locks.run(projectId, request, async () => {
      const current = this.#current(row);
      deletion.refuseParent(current);
      await sync.stopUploads(projectId);
      timeline.leave(projectId);
      try {
        await deletion.run(current, call);
      } finally {
        // Gone from the list even when what it leaves on the disk could not be deleted yet.
        if (!projects.byId(projectId)) {
          announce("changed/machine", { what: "projects" });
          healthWatch.changed(null);
        }
      }
    });
  }

  /**
   * Forks the project at an entry, or as it stands now, which takes an entry first.
   * @throws ForkpointError SLUG_INVALID, SLUG_TAKEN, SNAPSHOT_NOT_FOUND, PROJECT_NOT_FOUND, POOL_FULL,
   *   POOL_READ_ONLY, CANCELLED
   */
  async fork(
    row: ProjectRow,
    params: { readonly snapshotId?: string | undefined; readonly slug: string },
    call: LongCall,
  ): Promise<Project> {
    const { timeline, fork, locks } = this.#parts;
    // An entry is not taken for a fork that is refused anyway.
    this.#refuseSlug(params.slug);
    const request = { operation: "forking", refuse: false, signal: call.signal };
    const childId = await locks.run(row.projectId, request, async () => {
      const entry = await timeline.entryForFork(this.#current(row), params.snapshotId, call);
      return fork.run(this.#current(row), entry, params.slug, call);
    });
    return this.show(this.#born(childId));
  }

  /** Rebuilds a project from the store. @throws ForkpointError as `ProjectPull.run`; PROJECT_NOT_FOUND */
  async pull(params: CheckedParams<"sync/pull">, call: LongCall): Promise<Project> {
    const { sync, registry, projectPull } = this.#parts;
    const pool = await registry.forNewProject(params.poolId);
    const found = await sync.remote.find(params.project, params.snapshotId, call);
    return this.show(this.#born(await projectPull.run({ found, slug: params.slug, pool }, call)));
  }

  /** How a project, or with null the machine, is. */
  async status(
    row: ProjectRow | null,
  ): Promise<{ health: Health; project: Project | null; pools: Pool[]; store: Store | null }> {
    const { registry, healthReader, sync } = this.#parts;
    const pools = await registry.list();
    return {
      health: await healthReader.read(row, pools),
      project: row && (await this.show(row)),
      pools: row ? pools.filter((pool) => pool.poolId === row.poolId) : pools,
      store: sync.showStore(),
    };
  }

  /** Tells everybody of a new project, and gives its row. */
  #born(projectId: string): ProjectRow {
    const { projects, sync, announce, healthWatch } = this.#parts;
    const row = projects.byId(projectId);
    if (!row) throw new Error(`The new project ${projectId} is not in the catalog.`);
    sync.wake(projectId);
    announce("changed/machine", { what: "projects" });
    healthWatch.changed(projectId);
    return row;
  }

  /** The project as the catalog has it by now. @throws ForkpointError PROJECT_NOT_FOUND */
  #current({ projectId, slug }: ProjectRow): ProjectRow {
    const row = this.#parts.projects.byId(projectId);
    if (row) return row;
    throw new ForkpointError("PROJECT_NOT_FOUND", `The project ${slug} was deleted meanwhile.`);
  }

  #refuseSlug(slug: string): void {
    checkSlug(slug);
    if (!this.#parts.projects.bySlug(slug)) return;
    throw new ForkpointError("SLUG_TAKEN", `There is a project named ${slug} already.`);
  }

  #refuseImporting(path: string): void {
    for (const each of this.#importing) {
      if (isWithin(path, each) || isWithin(each, path)) {
        throw new ForkpointError("PROJECT_BUSY", `${each} is being imported.`);
      }
    }
  }
}
