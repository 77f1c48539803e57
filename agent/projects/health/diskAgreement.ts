import { readdir } from "node:fs/promises";
import type { Entries } from "../../catalog/entries.ts";
import type { KeptEntries } from "../../catalog/keptEntries.ts";
import type { ProjectRow } from "../../catalog/projects.ts";
import type { Check } from "../../protocol/health.ts";
import type { Btrfs } from "../../volumes/btrfs.ts";
import { projectSnapshots, snapshotPath } from "../../volumes/layout.ts";
import type { PoolRegistry } from "../pools/poolRegistry.ts";

/** Compares what the catalog says of a project with what lies on its pool. */
export class DiskAgreement {
  readonly #entries: Entries;
  readonly #kept: KeptEntries;
  readonly #registry: PoolRegistry;
  readonly #btrfs: Btrfs;

  constructor(parts: { entries: Entries; kept: KeptEntries; registry: PoolRegistry; btrfs: Btrfs }) {
    this.#entries = parts.entries;
    this.#kept = parts.kept;
    this.#registry = parts.registry;
    this.#btrfs = parts.btrfs;
  }

  /** The project's pool must be mounted. */
  async check(name: string, project: ProjectRow): Promise<Check> {
    if (!(await this.#btrfs.isSubvolume(project.path))) {
      return {
        name,
        ok: false,
        message: `The volume ${project.path} is missing.`,
        remedy: `Fork one of its snapshots, or rebuild it with \`forkpoint pull ${project.projectId}\`.`,
      };
    }
    const pool = this.#registry.named(project.poolId);
    const known = this.#entries.list(project.projectId).map((entry) => entry.snapshotId);
    const missing: string[] = [];
    for (const id of known) {
      const path = snapshotPath(pool.path, project.projectId, id);
      if (!(await this.#btrfs.isSubvolume(path))) missing.push(id);
    }
    const found = await readdir(projectSnapshots(pool.path, project.projectId)).catch((thrown: unknown) => {
      if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
      return [];
    });
    const kept = this.#kept.ofProject(project.projectId).map(({ snapshotId }) => snapshotId);
    const stray = found.filter((id) => !known.includes(id) && !kept.includes(id));
    if (missing.length > 0) {
      return {
        name,
        ok: false,
        message: `Snapshots are missing on the disk: ${missing.join(", ")}.`,
        remedy: "Delete these entries, or pull them from the store as a new project.",
      };
    }
    if (stray.length > 0) {
      return {
        name,
        ok: false,
        message: `The disk holds snapshots that no entry names: ${stray.join(", ")}.`,
        remedy: `Look into ${projectSnapshots(pool.path, project.projectId)} and delete what you do not need.`,
      };
    }
    const deleted = kept.length === 0 ? "" : ` ${kept.length} deleted, which can still be brought back.`;
    const where =
      known.length === 1
        ? "1 snapshot, where it belongs."
        : `${known.length} snapshots, all where they belong.`;
    const message = where + deleted;
    return { name, ok: true, message, remedy: null };
  }
}
