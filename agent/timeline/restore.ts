import type { EntryRow } from "../catalog/entryRow.ts";
import { newEntry } from "../catalog/newEntry.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import type { Recoverer } from "../catalog/recoverer.ts";
import { newId } from "../host/ids.ts";
import type { LongCall } from "../host/longCall.ts";
import type { RestorePart } from "../protocol/restoreParts.ts";
import { compareSnapshots, type PathChange } from "../volumes/comparison/compareSnapshots.ts";
import { hasChanges } from "../volumes/comparison/hasChanges.ts";
import { makeEqual } from "../volumes/inPlace/makeEqual.ts";
import { changesOfPaths } from "./changesOfPaths.ts";
import { refuseOpenFiles } from "./openFilesCheck.ts";
import type { OpenEditors } from "./openEditors.ts";
import { chosenChanges } from "./parts/chosenChanges.ts";
import { sortChanges } from "./parts/sortedChanges.ts";
import { requirePath } from "./pathInVolume.ts";
import { restoreIntent, type RestorePayload } from "./restoreIntent.ts";
import { RestoreRecovery } from "./restoreRecovery.ts";
import type { SnapshotPlaces } from "./snapshotPlaces.ts";
import type { TimelineParts } from "./timelineParts.ts";

export interface RestoreWish {
  readonly target: EntryRow;
  /** Relative to the volume; null for all of it. */
  readonly paths: readonly Buffer[] | null;
  /** Only what belongs to these parts; null for all of them. Not together with `paths`. */
  readonly parts: readonly RestorePart[] | null;
  readonly openFiles: "refuse" | "proceed";
}

export interface Restored {
  /** The new head; null when the workspace was equal already. */
  readonly entry: EntryRow | null;
  /** What brings back the state before. */
  readonly guard: EntryRow | null;
  readonly changes: readonly PathChange[];
}

/**
 * Makes a live volume equal to an entry as one step that can be undone. The order is: intent, guard snapshot,
 * the change in place, snapshot of the result, and then one transaction that shows it. Ended in
 * between, it is finished or taken back.
 */
export class Restore {
  readonly #parts: TimelineParts;
  readonly #places: SnapshotPlaces;
  readonly #editors: OpenEditors;
  readonly #recovery: RestoreRecovery;

  constructor(parts: TimelineParts, places: SnapshotPlaces, editors: OpenEditors) {
    this.#parts = parts;
    this.#editors = editors;
    this.#places = places;
    this.#recovery = new RestoreRecovery(parts, places);
  }

  get recoverer(): Recoverer {
    return this.#recovery.recoverer;
  }

  /**
   * The caller holds the project.
   * @throws ForkpointError SNAPSHOT_NOT_LOCAL, VOLUME_MISSING, PATH_NOT_FOUND, PATH_OUTSIDE_VOLUME, PARTS_TANGLED, OPEN_FILES,
   *   POOL_FULL, POOL_READ_ONLY, NEEDS_ROOT, CANCELLED; the workspace is then as it was
   */
  async run(project: ProjectRow, wish: RestoreWish, call: LongCall): Promise<Restored> {
    const { intents, clock, crashPoint } = this.#parts;
    await this.#places.requireVolume(project);
    await this.#places.require(project, wish.target.snapshotId);
    const payload: RestorePayload = {
      targetId: wish.target.snapshotId,
      paths: asText(wish.paths),
      ...(wish.parts ? { parts: [...wish.parts] } : {}),
      beforeId: newId(),
      guardId: null,
      resultId: newId(),
      state: "preparing",
    };
    const intentId = intents.begin(restoreIntent, project.projectId, payload, clock.now());
    crashPoint("restore:intent");
    let prepared: Prepared | null;
    try {
      prepared = await this.#prepare(project, wish, payload, call);
      if (!prepared) await this.#recovery.drop(project, payload, intentId);
    } catch (thrown) {
      await this.#recovery.drop(project, payload, intentId);
      throw thrown;
    }
    if (!prepared) return { entry: null, guard: null, changes: [] };
    const { guard, applying } = this.#begin(project, prepared, payload, intentId);
    const { changes } = prepared;
    try {
      const entry = await this.#apply(project, prepared, applying, intentId, call);
      return { entry, guard, changes };
    } catch (thrown) {
      await this.#recovery.takeBack(project, applying, intentId);
      throw thrown;
    }
  }

  /** Everything that can be refused, before anything changes; null when there is nothing to do. */
  async #prepare(
    project: ProjectRow,
    wish: RestoreWish,
    payload: RestorePayload,
    call: LongCall,
  ): Promise<Prepared | null> {
    const { btrfs, privileged, crashPoint } = this.#parts;
    call.report({ message: "Taking a guard snapshot", done: 0, total: null, unit: "steps", rate: null });
    const before = this.#places.of(project, payload.beforeId);
    const target = this.#places.of(project, wish.target.snapshotId);
    for (const path of wish.paths ?? []) await requirePath(path, [target, project.path]);
    await btrfs.snapshot(project.path, before, { readOnly: true });
    crashPoint("restore:before");
    const all = await compareSnapshots(privileged, { from: before, to: target }, call);
    const { changes, paths } = await this.#chosen(wish, all, { from: before, to: target }, call);
    if (changes.length === 0) return null;
    if (wish.openFiles === "refuse") await refuseOpenFiles(project.path, changes);
    const head = project.headSnapshotId;
    const headPath = head === null ? null : this.#places.of(project, head);
    const known =
      headPath !== null &&
      // Unsaved text has to be in the guard.
      !this.#editors.hasMoreThan(project.projectId, head) &&
      (await btrfs.isSubvolume(headPath)) &&
      !(await hasChanges(privileged, { from: headPath, to: before }, call.signal));
    call.signal.throwIfAborted();
    return { changes, paths, equalHead: known ? head : null };
  }

  async #chosen(
    { paths, parts }: Pick<RestoreWish, "paths" | "parts">,
    all: readonly PathChange[],
    snapshots: { readonly from: string; readonly to: string },
    { signal }: LongCall,
  ): Promise<Pick<Prepared, "changes" | "paths">> {
    const { processes } = this.#parts;
    if (parts) return chosenChanges(await sortChanges(processes, all, snapshots, signal), parts, snapshots);
    const changes = paths ? await changesOfPaths(processes, all, snapshots.to, paths, signal) : all;
    return { changes, paths };
  }

  /** From here on an interruption is ended by finishing or taking back. */
  #begin(project: ProjectRow, prepared: Prepared, payload: RestorePayload, intentId: number) {
    const { catalog, projects, entries, intents, clock, author, announce, crashPoint } = this.#parts;
    const { projectId } = project;
    const guardId = prepared.equalHead ?? payload.beforeId;
    const applying = { ...payload, paths: asText(prepared.paths), guardId, state: "applying" } as const;
    const guard = catalog.transaction(() => {
      if (prepared.equalHead === null) {
        const common = { snapshotId: guardId, projectId, author, createdAt: clock.now() };
        entries.add(newEntry({ ...common, parentId: project.headSnapshotId, cause: "guard" }));
        projects.change(projectId, { headSnapshotId: guardId });
      }
      this.#editors.keepWith(projectId, guardId);
      intents.update(restoreIntent, intentId, applying);
      return entries.find(projectId, guardId);
    });
    if (!guard) throw new Error("The guard of a restore is not in the catalog.");
    crashPoint("restore:guarded");
    announce("changed/timeline", { projectId });
    return { guard, applying };
  }

  async #apply(
    project: ProjectRow,
    { paths }: Pick<Prepared, "paths">,
    payload: RestorePayload,
    intentId: number,
    call: LongCall,
  ): Promise<EntryRow> {
    const what = {
      live: project.path,
      current: this.#places.of(project, payload.beforeId),
      target: this.#places.of(project, payload.targetId),
      ...(paths ? { paths } : {}),
    };
    await makeEqual(this.#parts, what, call);
    this.#parts.crashPoint("restore:applied");
    call.signal.throwIfAborted();
    return this.#recovery.conclude(project, payload, intentId);
  }
}

interface Prepared {
  readonly changes: readonly PathChange[];
  /** What is brought back; null for all. */
  readonly paths: readonly Buffer[] | null;
  /** The head, when the workspace is equal to it, so that it serves as the guard. */
  readonly equalHead: string | null;
}

function asText(paths: readonly Buffer[] | null): string[] | null {
  return paths?.map((path) => path.toString("base64")) ?? null;
}
