import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { EntryRow } from "../catalog/entries.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import { newId } from "../host/ids.ts";
import type { LongCall } from "../host/longCall.ts";
import { compareSnapshots, type PathChange } from "../volumes/comparison/compareSnapshots.ts";
import type { SnapshotPlaces } from "./snapshotPlaces.ts";
import type { TimelineParts } from "./timelineParts.ts";

/** Compares entries with each other and with the workspace as it stands. */
export class Comparison {
  readonly #parts: Pick<TimelineParts, "btrfs" | "privileged">;
  readonly #places: SnapshotPlaces;

  constructor(parts: Pick<TimelineParts, "btrfs" | "privileged">, places: SnapshotPlaces) {
    this.#parts = parts;
    this.#places = places;
  }

  /**
   * The paths that differ; cost follows the difference. Without `to` the newer side is the workspace now.
   * @throws ForkpointError SNAPSHOT_NOT_LOCAL, VOLUME_MISSING, POOL_FULL, NEEDS_ROOT, CANCELLED
   */
  async run(
    project: ProjectRow,
    sides: { readonly from: EntryRow; readonly to: EntryRow | null },
    call: LongCall,
  ): Promise<PathChange[]> {
    const from = await this.#places.require(project, sides.from.snapshotId);
    if (!sides.to) return this.withNow(project, (to) => this.#compare(from, to, call));
    return this.#compare(from, await this.#places.require(project, sides.to.snapshotId), call);
  }

  /** Runs `work` with a read-only snapshot of the volume as it is now, which is gone afterwards. */
  async withNow<T>(project: ProjectRow, work: (snapshot: string) => Promise<T>): Promise<T> {
    await this.#places.requireVolume(project);
    const now = this.#places.staging(project, `now-${newId()}`);
    await mkdir(dirname(now), { recursive: true, mode: 0o700 });
    await this.#parts.btrfs.snapshot(project.path, now, { readOnly: true });
    try {
      return await work(now);
    } finally {
      await this.#parts.btrfs.deleteSnapshot(now);
    }
  }

  #compare(from: string, to: string, call: LongCall): Promise<PathChange[]> {
    return compareSnapshots(this.#parts.privileged, { from, to }, call);
  }
}
