import { mkdir, rm } from "node:fs/promises";
import { isStored, type EntryRow } from "../catalog/entryRow.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import { newId } from "../host/ids.ts";
import type { LongCall } from "../host/longCall.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { asPoolError } from "../volumes/poolErrors.ts";
import { deleteSnapshotIntent } from "./deleteSnapshots.ts";
import type { SnapshotPlaces } from "./snapshotPlaces.ts";
import type { TimelineParts } from "./timelineParts.ts";

/** Brings back to the disk snapshots that only the store has. */
export class BroughtBack {
  readonly #parts: TimelineParts;
  readonly #places: SnapshotPlaces;

  constructor(parts: TimelineParts, places: SnapshotPlaces) {
    this.#parts = parts;
    this.#places = places;
  }

  /**
   * Sees to it that an entry is in the timeline and its snapshot on the disk, where the store has it. The caller holds
   * the project; retention applies to the entry again as soon as it is let go.
   * @throws ForkpointError SNAPSHOT_NOT_LOCAL, STORE_*, OBJECT_*, POOL_*, NEEDS_ROOT, CANCELLED; nothing has changed then
   */
  async ensure(project: ProjectRow, entry: EntryRow, call: LongCall): Promise<void> {
    const { entries, btrfs } = this.#parts;
    const { projectId } = project;
    const { snapshotId, manifestDigest } = entry;
    const isLiving = entries.find(projectId, snapshotId) !== undefined;
    const destination = this.#places.of(project, snapshotId);
    const isThere = await btrfs.isSubvolume(destination);
    if (isLiving && isThere) return;
    if (isThere && this.#parts.kept.find(projectId, snapshotId)) {
      entries.undelete(projectId, snapshotId);
      this.#parts.announce("changed/timeline", { projectId });
      return;
    }
    if (!isStored(entry) || manifestDigest === null || this.#isBeingDeleted(destination)) {
      throw new ForkpointError("SNAPSHOT_NOT_LOCAL", `The snapshot ${snapshotId} is not on this disk.`);
    }
    await this.#pull(project, { snapshotId, manifestDigest, destination }, call);
    this.#parts.announce("changed/timeline", { projectId });
  }

  async #pull(
    project: ProjectRow,
    what: { readonly snapshotId: string; readonly manifestDigest: string; readonly destination: string },
    call: LongCall,
  ): Promise<void> {
    const { catalog, projects, entries, intents, uploads, btrfs, clock, crashPoint } = this.#parts;
    const { projectId } = project;
    const { snapshotId, manifestDigest, destination } = what;
    const staging = this.#places.staging(project, `brought-back-${newId()}`);
    // Cut off, the snapshot is deleted again: it belongs to the timeline only with the last step.
    const payload = { path: destination };
    const intentId = intents.begin(deleteSnapshotIntent, projectId, payload, clock.now());
    crashPoint("bringBack:intent");
    try {
      await mkdir(staging, { recursive: true, mode: 0o700 });
      const { whole } = await uploads.pull({ projectId, manifestDigest, staging, destination }, call);
      crashPoint("bringBack:pulled");
      catalog.transaction(() => {
        if (!whole) projects.change(projectId, { whole });
        entries.revive(projectId, snapshotId);
        intents.end(intentId);
      });
    } catch (thrown) {
      await btrfs.deleteSnapshot(destination);
      intents.end(intentId);
      throw asPoolError(thrown, destination);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
    crashPoint("bringBack:shown");
  }

  /** Whether a deletion has not come to its end: it would take what is brought back. */
  #isBeingDeleted(path: string): boolean {
    const { intents } = this.#parts;
    return intents
      .list()
      .filter(({ kind }) => kind === deleteSnapshotIntent.kind)
      .some(({ payload }) => deleteSnapshotIntent.payload.parse(payload).path === path);
  }
}
