import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { ProjectRow } from "../../catalog/projects.ts";
import { newId } from "../../host/ids.ts";
import type { Log } from "../../host/log.ts";
import type { Btrfs } from "../../volumes/btrfs.ts";
import type { SnapshotPlaces } from "../snapshotPlaces.ts";

/**
 * The last state of each workspace before something may have begun unseen: a snapshot that is no entry and that
 * start-up sweeps away. It is newer than the head, or there is none.
 */
export class Standby {
  readonly #btrfs: Btrfs;
  readonly #log: Log;
  readonly #places: SnapshotPlaces;
  readonly #kept = new Map<string, string>();
  readonly #leaving = new Set<Promise<void>>();

  constructor(parts: { readonly btrfs: Btrfs; readonly log: Log }, places: SnapshotPlaces) {
    this.#btrfs = parts.btrfs;
    this.#log = parts.log;
    this.#places = places;
  }

  /** Keeps the state of now in place of the one before. The caller holds the project. @throws ForkpointError POOL_* */
  async keep(project: ProjectRow): Promise<void> {
    const path = this.#places.staging(project, `ready-${newId()}`);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await this.#btrfs.snapshot(project.path, path, { readOnly: true });
    this.drop(project.projectId);
    this.#kept.set(project.projectId, path);
    await Promise.all(this.#leaving);
  }

  /** The folder that holds it; null when none is kept. */
  of(projectId: string): string | null {
    return this.#kept.get(projectId) ?? null;
  }

  /** Lets go of it; the room on the disk is freed meanwhile. */
  drop(projectId: string): void {
    const path = this.#kept.get(projectId);
    if (path === undefined) return;
    this.#kept.delete(projectId);
    const leaving = this.#btrfs
      .deleteSnapshot(path)
      .catch((thrown: unknown) => {
        this.#log.warn("a state that was kept ready could not be deleted", { path, message: String(thrown) });
      })
      .finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  async close(): Promise<void> {
    for (const projectId of this.#kept.keys()) this.drop(projectId);
    await Promise.all(this.#leaving);
  }
}
