import { mkdir, rename } from "node:fs/promises";
import { z } from "zod";
import type { Catalog } from "../catalog/catalog.ts";
import type { Entries } from "../catalog/entries.ts";
import { newEntry } from "../catalog/newEntry.ts";
import type { OperationDetail, Operations } from "../catalog/operations.ts";
import type { ForkedFrom, ProjectRow, Projects } from "../catalog/projects.ts";
import type { Clock } from "../host/clock.ts";
import { newId } from "../host/ids.ts";
import type { Cause } from "../protocol/entry.ts";
import type { ProjectSettings } from "../protocol/project.ts";
import { defaultRules } from "../protocol/retention.ts";
import type { Btrfs } from "../volumes/btrfs.ts";
import { poolLayout, projectSnapshots, snapshotPath, stagingPath, volumePath } from "../volumes/layout.ts";
import { asPoolError } from "../volumes/poolErrors.ts";
import { removeEmptyFolder } from "./emptyFolder.ts";
import { removeStaged } from "./stagingFolder.ts";

/** Where everything of a project to be lies: what an intent must know to finish or undo it. */
export const Birth = z.object({
  poolId: z.string(),
  pool: z.string(),
  projectId: z.string(),
  slug: z.string(),
  /** The subvolume, or a folder for it, while it is half made; null for a folder that is adopted where it is. */
  staging: z.string().nullable(),
  volume: z.string(),
  snapshotId: z.string(),
});
export type Birth = z.infer<typeof Birth>;

/** What a new project's rows say beyond where it lies. */
export interface Origin {
  readonly cause: Extract<Cause, "import" | "fork" | "pull">;
  readonly author: string;
  readonly label: string | null;
  readonly forkedFrom: ForkedFrom | null;
  readonly settings: ProjectSettings;
  /** The manifest its first entry is already stored as; null when it still has to be pushed. */
  readonly manifestDigest: string | null;
  readonly remoteHead: string | null;
  /** As in `EntryRow`. */
  readonly rebuiltFrom?: string | null;
  /** As in `ProjectRow`. */
  readonly whole: boolean;
}

export const defaultSettings: ProjectSettings = {
  ...defaultRules,
  autoSnapshotMinutes: 10,
  undeleteHours: 24,
};

/** The steps that making a project by import, adoption, fork or pull has in common. */
export class ProjectBirth {
  readonly #catalog: Catalog;
  readonly #projects: Projects;
  readonly #entries: Entries;
  readonly #operations: Operations;
  readonly #btrfs: Btrfs;
  readonly #clock: Clock;

  constructor(parts: {
    catalog: Catalog;
    projects: Projects;
    entries: Entries;
    operations: Operations;
    btrfs: Btrfs;
    clock: Clock;
  }) {
    this.#catalog = parts.catalog;
    this.#projects = parts.projects;
    this.#entries = parts.entries;
    this.#operations = parts.operations;
    this.#btrfs = parts.btrfs;
    this.#clock = parts.clock;
  }

  /** Decides where a new project will lie; touches nothing. */
  plan(pool: { poolId: string; path: string }, slug: string, projectId = newId()): Birth {
    return {
      poolId: pool.poolId,
      pool: pool.path,
      projectId,
      slug,
      staging: stagingPath(pool.path, `project-${projectId}-${newId()}`),
      volume: volumePath(pool.path, slug),
      snapshotId: newId(),
    };
  }

  /**
   * Makes the pool's own folders where they are missing.
   * @throws ForkpointError POOL_FULL, POOL_READ_ONLY
   */
  async prepare(birth: Birth): Promise<void> {
    const { projects, staging } = poolLayout(birth.pool);
    try {
      await mkdir(projects, { recursive: true });
      await mkdir(staging, { recursive: true, mode: 0o700 });
      await mkdir(projectSnapshots(birth.pool, birth.projectId), { recursive: true });
    } catch (thrown) {
      throw asPoolError(thrown, birth.volume);
    }
  }

  /**
   * Moves the finished subvolume to where the project lives.
   * @throws ForkpointError POOL_FULL, POOL_READ_ONLY
   */
  async settle(birth: Birth): Promise<void> {
    if (birth.staging === null) return;
    await rename(birth.staging, birth.volume).catch((thrown: unknown) => {
      throw asPoolError(thrown, birth.volume);
    });
  }

  /** Takes the read-only snapshot that the first entry stands for. */
  async takeFirst(birth: Birth): Promise<void> {
    await this.#btrfs.snapshot(birth.volume, this.#firstSnapshot(birth), { readOnly: true });
  }

  /** Writes the project and its first entry; `also` belongs to the same transaction. */
  register(birth: Birth, origin: Origin, also: () => void): void {
    const now = this.#clock.now();
    const project: ProjectRow = {
      projectId: birth.projectId,
      slug: birth.slug,
      poolId: birth.poolId,
      path: birth.volume,
      createdAt: now,
      forkedFrom: origin.forkedFrom,
      headSnapshotId: birth.snapshotId,
      ...origin.settings,
      remoteHead: origin.remoteHead,
      lastPushAt: null,
      whole: origin.whole,
    };
    const { cause, author, label, manifestDigest } = origin;
    const { snapshotId, projectId } = birth;
    const entry = newEntry({
      ...{ snapshotId, projectId, parentId: null, cause, author, label, manifestDigest, createdAt: now },
      durability: manifestDigest === null ? "local" : "durable",
      rebuiltFrom: origin.rebuiltFrom ?? null,
    });
    this.#catalog.transaction(() => {
      this.#projects.add(project);
      this.#entries.add(entry);
      const { slug } = birth;
      this.#operations.add({ projectId, slug, author, at: now, detail: birthDetail(origin, snapshotId) });
      also();
    });
  }

  /** Whether the volume and its first snapshot are complete. */
  async isSettled(birth: Birth): Promise<boolean> {
    return (
      (await this.#btrfs.isSubvolume(birth.volume)) &&
      (await this.#btrfs.isSubvolume(this.#firstSnapshot(birth)))
    );
  }

  /** Removes all that was made so far. Run again, it does the rest. */
  async undo(birth: Birth): Promise<void> {
    await this.#remove(this.#firstSnapshot(birth));
    if (birth.staging !== null) {
      await this.#remove(birth.volume);
      await removeStaged(this.#btrfs, birth.staging);
    }
    await removeEmptyFolder(projectSnapshots(birth.pool, birth.projectId));
  }

  #firstSnapshot(birth: Birth): string {
    return snapshotPath(birth.pool, birth.projectId, birth.snapshotId);
  }

  async #remove(path: string): Promise<void> {
    if (await this.#btrfs.isSubvolume(path)) await this.#btrfs.deleteSubvolume(path);
  }
}

function birthDetail({ cause, forkedFrom }: Origin, snapshotId: string): OperationDetail {
  if (cause === "import") return { kind: "import" };
  return cause === "fork" && forkedFrom ? { kind: "fork", from: forkedFrom } : { kind: "pull", snapshotId };
}
