import { mkdir, readdir, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Catalog } from "../catalog/catalog.ts";
import type { Entries } from "../catalog/entries.ts";
import { isStored } from "../catalog/entryRow.ts";
import type { IntentKind, Intents } from "../catalog/intents.ts";
import type { Operations } from "../catalog/operations.ts";
import type { ProjectRow, Projects } from "../catalog/projects.ts";
import { type Recoverer, recoverer } from "../catalog/recoverer.ts";
import type { Clock } from "../host/clock.ts";
import type { CrashPoint } from "../host/crashPoints.ts";
import { newId } from "../host/ids.ts";
import type { LongCall } from "../host/longCall.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { Btrfs } from "../volumes/btrfs.ts";
import { poolLayout, projectSnapshots, stagingPath } from "../volumes/layout.ts";
import { asPoolError } from "../volumes/poolErrors.ts";
import { currentAuthor } from "./author.ts";
import { removeEmptyFolder } from "./emptyFolder.ts";
import { isThere } from "./isThere.ts";
import type { ImportedFrom } from "./import/importedFrom.ts";
import type { PoolRegistry } from "./pools/poolRegistry.ts";
import { isLinkTo } from "./import/sourceReplacement.ts";

const Payload = z.object({
  projectId: z.string(),
  poolId: z.string(),
  /** The folder of its snapshots. */
  snapshots: z.string(),
  volume: z.string(),
  /** Where the volume waits for its deletion; null for an adopted folder, which stays. */
  grave: z.string().nullable(),
  /** Whether the volume has left its place: what stands there later is another's. */
  buried: z.boolean(),
  /** The link an import left where its source had been. */
  link: z.string().nullable(),
});
type Payload = z.infer<typeof Payload>;

export const deleteProjectIntent: IntentKind<Payload> = { kind: "deleteProject", payload: Payload };

/**
 * Deletes a project from this machine. It is gone from every list the moment the intent is written;
 * deleting what lies on the disk can take longer and is finished after an interruption.
 */
export class ProjectDeletion {
  readonly #catalog: Catalog;
  readonly #intents: Intents;
  readonly #projects: Projects;
  readonly #entries: Entries;
  readonly #operations: Operations;
  readonly #pools: PoolRegistry;
  readonly #links: ImportedFrom;
  readonly #btrfs: Btrfs;
  readonly #clock: Clock;
  readonly #crashPoint: CrashPoint;

  constructor(parts: {
    catalog: Catalog;
    intents: Intents;
    projects: Projects;
    entries: Entries;
    operations: Operations;
    pools: PoolRegistry;
    links: ImportedFrom;
    btrfs: Btrfs;
    clock: Clock;
    crashPoint: CrashPoint;
  }) {
    this.#catalog = parts.catalog;
    this.#intents = parts.intents;
    this.#projects = parts.projects;
    this.#entries = parts.entries;
    this.#operations = parts.operations;
    this.#pools = parts.pools;
    this.#links = parts.links;
    this.#btrfs = parts.btrfs;
    this.#clock = parts.clock;
    this.#crashPoint = parts.crashPoint;
  }

  /**
   * The caller holds the project's lock and has stopped its uploads.
   * @throws ForkpointError PROJECT_HAS_FORKS with details.forks, POOL_READ_ONLY, CANCELLED
   */
  async run(project: ProjectRow, call: LongCall): Promise<void> {
    const { projectId, poolId, slug, path } = project;
    this.refuseParent(project);
    const pool = this.#pools.named(poolId);
    call.signal.throwIfAborted();
    const adopted = dirname(path) !== poolLayout(pool.path).projects;
    const payload: Payload = {
      projectId,
      poolId,
      snapshots: projectSnapshots(pool.path, projectId),
      volume: path,
      grave: adopted ? null : stagingPath(pool.path, `deleted-${projectId}-${newId()}`),
      buried: adopted,
      link: this.#links.linkOf(projectId) ?? null,
    };
    const at = this.#clock.now();
    const [newest] = this.#entries.list(projectId, { limit: 1 });
    const detail = { kind: "deleteProject", isStored: newest !== undefined && isStored(newest) } as const;
    const intentId = this.#catalog.transaction(() => {
      const id = this.#intents.begin(deleteProjectIntent, projectId, payload, at);
      this.#operations.add({ projectId, slug, author: currentAuthor(), at, detail });
      this.#projects.remove(projectId);
      this.#links.forget(projectId);
      return id;
    });
    call.report({ message: `Deleting ${slug}`, done: 0, total: null, unit: "steps", rate: null });
    this.#crashPoint("deleteProject:hidden");
    await this.#finish(payload, intentId, call);
  }

  /** @throws ForkpointError PROJECT_HAS_FORKS */
  refuseParent(project: ProjectRow): void {
    const forks = this.#projects.forksOf(project.projectId).map((fork) => fork.slug);
    if (forks.length === 0) return;
    throw new ForkpointError("PROJECT_HAS_FORKS", `${project.slug} has the forks ${forks.join(", ")}.`, {
      details: { forks },
    });
  }

  /** How start-up ends a deletion that was cut off: it is finished. */
  get recoverer(): Recoverer {
    return recoverer(
      deleteProjectIntent,
      (payload, intent) => this.#finish(payload, intent.intentId),
      (payload) => payload.poolId,
    );
  }

  async #finish(payload: Payload, intentId: number, call?: LongCall): Promise<void> {
    const { volume, grave, link, snapshots, buried } = payload;
    if (link !== null && (await isLinkTo(link, volume))) await unlink(link);
    this.#crashPoint("deleteProject:link");
    // Renamed first: the slug is free at once, and a new project of that name is never mistaken for this.
    if (grave !== null && !buried) {
      await this.#bury(volume, grave);
      this.#intents.update(deleteProjectIntent, intentId, { ...payload, buried: true });
    }
    this.#crashPoint("deleteProject:grave");
    const names = await readdirIfThere(snapshots);
    const total = names.length + 1;
    for (const [index, name] of names.entries()) {
      call?.report({ message: "Deleting snapshots", done: index, total, unit: "steps", rate: null });
      await this.#btrfs.deleteSnapshot(join(snapshots, name));
      this.#crashPoint("deleteProject:snapshot");
    }
    await removeEmptyFolder(snapshots);
    if (grave !== null) await this.#btrfs.deleteSubvolume(grave);
    this.#crashPoint("deleteProject:volume");
    this.#intents.end(intentId);
  }

  /** Moves the volume to its grave; deletes it where it is when the pool is too full for that. */
  async #bury(volume: string, grave: string): Promise<void> {
    if (await isThere(grave)) return;
    try {
      await mkdir(dirname(grave), { recursive: true, mode: 0o700 });
      await rename(volume, grave);
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code ?? "";
      if (code === "ENOSPC" || code === "EDQUOT") await this.#btrfs.deleteSubvolume(volume);
      else if (code !== "ENOENT") throw asPoolError(thrown, volume);
    }
  }
}

async function readdirIfThere(folder: string): Promise<string[]> {
  return readdir(folder).catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
    return [];
  });
}
