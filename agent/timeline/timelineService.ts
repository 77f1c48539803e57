import type { EntryRow } from "../catalog/entryRow.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import type { Recoverer } from "../catalog/recoverer.ts";
import { type LongCall, unattended } from "../host/longCall.ts";
import type { Entry } from "../protocol/entry.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { CheckedParams, Result } from "../protocol/methods.ts";
import { summarizeChanges } from "../volumes/comparison/describeChanges.ts";
import { ActService } from "./acts/actService.ts";
import { ChangeCounting } from "./acts/changeCounting.ts";
import { Standby } from "./acts/standby.ts";
import { AutoSnapshots } from "./autoSnapshots.ts";
import { BroughtBack } from "./broughtBack.ts";
import { SnapshotDeletion } from "./deleteSnapshots.ts";
import { Comparison } from "./diff.ts";
import { EntryList, textOrNull } from "./entryList.ts";
import { KeptSweep } from "./keptSweep.ts";
import { OpenEditors } from "./openEditors.ts";
import { pathsOrParts } from "./pathsOrParts.ts";
import { ProjectTurns } from "./projectTurns.ts";
import { Restore, type RestoreWish } from "./restore.ts";
import { RollOff } from "./rollOff.ts";
import { EntrySizes } from "./sizes/entrySizes.ts";
import { SizeCounting } from "./sizes/sizeCounting.ts";
import { SnapshotPlaces } from "./snapshotPlaces.ts";
import { SnapshotTaking, type SnapshotWish } from "./takeSnapshot.ts";
import { TimelineReading } from "./timelineReading.ts";
import type { TimelineParts } from "./timelineParts.ts";
import { Undelete, type UndeleteWish } from "./undelete.ts";
import { undoable } from "./undoable.ts";

type Wish<
  M extends "snapshot/create" | "snapshot/edit" | "snapshot/delete" | "timeline/restore" | "timeline/undo",
> = Omit<CheckedParams<M>, "project">;

const takingSnapshot = { operation: "taking a snapshot", refuse: false, brief: true };

/** Everything people do with a project's timeline: one operation at a time, announced when it lasts. */
export class TimelineService {
  readonly #parts: TimelineParts;
  readonly #turns: ProjectTurns;
  readonly #places: SnapshotPlaces;
  readonly #entries: EntryList;
  readonly #taking: SnapshotTaking;
  readonly #deletion: SnapshotDeletion;
  readonly #restore: Restore;
  readonly #broughtBack: BroughtBack;
  readonly #rollOff: RollOff;
  readonly #undelete: Undelete;
  readonly #sweep: KeptSweep;
  readonly #auto: AutoSnapshots;
  readonly #standby: Standby;
  readonly #counting: ChangeCounting;
  readonly #sizeCounting: SizeCounting;
  readonly reading: TimelineReading;
  /** What the windows show. */
  readonly editors: OpenEditors;
  /** What people and programs do, with the state before and after it. */
  readonly acts: ActService;

  constructor(
    parts: TimelineParts & {
      readonly healthChanged: (projectId: string) => void;
      readonly isPoolLow: (poolId: string) => Promise<boolean>;
    },
  ) {
    this.#parts = parts;
    this.#places = new SnapshotPlaces(parts);
    this.#entries = new EntryList(parts, this.#places);
    this.editors = new OpenEditors(parts);
    this.#taking = new SnapshotTaking(parts, this.#places, this.editors);
    this.#deletion = new SnapshotDeletion(parts, this.#places);
    this.#rollOff = new RollOff(parts, this.#deletion);
    this.#undelete = new Undelete(parts, this.#places);
    this.#sweep = new KeptSweep(parts, this.#deletion);
    this.#restore = new Restore(parts, this.#places, this.editors);
    this.#turns = new ProjectTurns(parts, this.#restore.recoverer);
    const sizes = new EntrySizes(parts, this.#turns, this.#places);
    this.#sizeCounting = new SizeCounting(parts, sizes);
    this.reading = new TimelineReading(parts, {
      turns: this.#turns,
      places: this.#places,
      entries: this.#entries,
      comparison: new Comparison(parts, this.#places),
      sizes,
    });
    this.#broughtBack = new BroughtBack(parts, this.#places);
    this.#auto = new AutoSnapshots({
      ...parts,
      take: (projectId) => this.#takeByTimer(projectId),
      outcomeChanged: parts.healthChanged,
    });
    this.#standby = new Standby(parts, this.#places);
    this.#counting = new ChangeCounting(parts, this.#places);
    const tools = {
      alone: <T>(
        project: ProjectRow,
        call: Pick<LongCall, "signal">,
        work: (current: ProjectRow) => Promise<T>,
      ) => this.#turns.run(project, takingSnapshot, call, work),
      take: (project: ProjectRow, wish: SnapshotWish, signal: AbortSignal, source?: string) =>
        this.#take(project, wish, signal, source),
      remove: (entry: EntryRow) => {
        const current = this.#parts.projects.byId(entry.projectId);
        if (current) this.#rollOff.remove(current, [entry], { forGood: true });
      },
      view: (row: EntryRow) => this.#entries.view(row),
    };
    this.acts = new ActService(parts, tools, this.#standby, this.#counting);
  }

  get recoverers(): readonly Recoverer[] {
    return [this.#taking.recoverer, this.#deletion.recoverer, this.#restore.recoverer];
  }

  /** @throws ForkpointError VOLUME_MISSING, POOL_FULL, POOL_READ_ONLY, NEEDS_ROOT, CANCELLED */
  async snapshot(
    project: ProjectRow,
    wish: Wish<"snapshot/create">,
    call: LongCall,
  ): Promise<Result<"snapshot/create">> {
    const { label, note, pin, cause } = wish;
    const asked = { cause, label: textOrNull(label), note: textOrNull(note), pinned: pin };
    return this.#turns.run(project, takingSnapshot, call, async (current) => {
      const entry = await this.#take(current, asked, call.signal);
      return { entry: entry && this.#entries.view(entry), head: this.#entries.head(project.projectId) };
    });
  }

  /** What windows showed when an entry was made. @throws ForkpointError SNAPSHOT_NOT_FOUND */
  editorsOf({ projectId }: ProjectRow, snapshotId: string): Result<"editor/show"> {
    const kept = this.editors.of(projectId, this.#entries.named(projectId, snapshotId).snapshotId);
    return { windows: kept.map(({ state, keptAt }) => ({ state, keptAt: new Date(keptAt).toISOString() })) };
  }

  /** @throws ForkpointError SNAPSHOT_NOT_FOUND */
  edit(project: ProjectRow, wish: Wish<"snapshot/edit">): Entry {
    const edited = this.#entries.edit(project.projectId, wish);
    this.#parts.announce("changed/timeline", { projectId: project.projectId });
    return edited;
  }

  /**
   * Deletes entries, all or none. Unless `forGood`, they can be brought back for as long as the project's settings say.
   * @throws ForkpointError SNAPSHOT_NOT_FOUND, SNAPSHOT_NEEDED, PROJECT_BUSY
   */
  async delete(
    project: ProjectRow,
    { snapshotIds, forGood }: Wish<"snapshot/delete">,
    call: LongCall,
  ): Promise<Result<"snapshot/delete">> {
    const operation = { operation: "deleting snapshots", refuse: true };
    return this.#turns.run(project, operation, call, async (current) => {
      const { projectId, undeleteHours } = current;
      const doomed = [...new Set(snapshotIds)].map((id) => this.#entries.named(projectId, id));
      const pinned = doomed.find((entry) => entry.pinned);
      if (pinned) {
        throw new ForkpointError("SNAPSHOT_NEEDED", `The snapshot ${pinned.snapshotId} is pinned.`, {
          hint: "Unpin it first.",
        });
      }
      for (const { snapshotId } of doomed) await this.#parts.uploads.stopUploads(projectId, snapshotId);
      const { operationId, buried } = this.#deletion.bury(current, doomed, { kind: "delete", forGood });
      this.#parts.announce("changed/timeline", { projectId });
      for (const each of buried) await this.#deletion.free(each);
      // Who deletes because the pool is full has room when this returns.
      await this.#sweep.wake();
      return { operationId, keptHours: forGood ? 0 : undeleteHours };
    });
  }

  /** Brings back deleted entries. @throws ForkpointError NOTHING_TO_UNDO, SNAPSHOT_NOT_LOCAL, PROJECT_BUSY */
  async undelete(project: ProjectRow, wish: UndeleteWish, call: LongCall): Promise<Entry[]> {
    const operation = { operation: "bringing snapshots back", refuse: true };
    return this.#turns.run(project, operation, call, async (current) => {
      const revived = await this.#undelete.run(current, wish);
      this.#added(current.projectId);
      return revived.map(({ snapshotId }) => this.#entries.show(current.projectId, snapshotId));
    });
  }

  /** To be called when what an earlier agent left unfinished has ended. */
  start(): void {
    void this.#sweep.wake();
  }

  /**
   * A snapshot that is not on the disk any more comes from the store first.
   * @throws ForkpointError SNAPSHOT_NOT_FOUND, SNAPSHOT_NOT_LOCAL, VOLUME_MISSING, PATH_OUTSIDE_VOLUME,
   *   PATH_NOT_FOUND, PARTS_TANGLED, BAD_REQUEST, OPEN_FILES, PROJECT_BUSY, POOL_FULL, POOL_READ_ONLY, NEEDS_ROOT, STORE_*, OBJECT_*, CANCELLED
   */
  async restore(
    project: ProjectRow,
    { snapshotId, openFiles, ...wish }: Wish<"timeline/restore">,
    call: LongCall,
  ): Promise<Result<"timeline/restore">> {
    const what = pathsOrParts(wish);
    return this.#turns.run(project, { operation: "restoring", refuse: true }, call, async (current) => {
      const target = this.#entries.namedOrGone(current.projectId, snapshotId);
      await this.#places.requireVolume(current);
      await this.#broughtBack.ensure(current, target, call);
      return this.#bringBack(current, { target, ...what, openFiles }, call);
    });
  }

  /** @throws ForkpointError NOTHING_TO_UNDO, and what `restore` throws */
  async undo(
    project: ProjectRow,
    { openFiles, restoreId }: Wish<"timeline/undo">,
    call: LongCall,
  ): Promise<Result<"timeline/undo">> {
    return this.#turns.run(project, { operation: "undoing a restore", refuse: true }, call, (current) => {
      const { restore, guard } = undoable(this.#parts.entries, current.projectId);
      if (restoreId !== undefined && restoreId !== restore.snapshotId) {
        throw new ForkpointError("NOTHING_TO_UNDO", "Another restore has come meanwhile.", {
          hint: "Look at it with `forkpoint undo --dry-run`.",
        });
      }
      return this.#bringBack(current, { target: guard, paths: null, parts: null, openFiles }, call);
    });
  }

  /**
   * The entry to fork: the named one, or one that holds the workspace as it is now. The caller holds the project.
   * @throws ForkpointError SNAPSHOT_NOT_FOUND, SNAPSHOT_NOT_LOCAL, and what `snapshot` throws
   */
  async entryForFork(project: ProjectRow, snapshotId: string | undefined, call: LongCall): Promise<EntryRow> {
    if (snapshotId !== undefined) {
      const entry = this.#entries.named(project.projectId, snapshotId);
      await this.#places.require(project, entry.snapshotId);
      return entry;
    }
    const wish = { cause: "manual", label: null, note: null, pinned: false } as const;
    const taken = await this.#take(project, wish, call.signal);
    if (taken) return taken;
    const head = project.headSnapshotId;
    if (head === null) throw new Error("A volume without a head always makes an entry.");
    return this.#entries.named(project.projectId, head);
  }

  /** Applies settings that changed: the interval starts anew, entries beyond the limit roll off. */
  configured(projectId: string): void {
    this.#auto.reconfigure(projectId);
    const project = this.#parts.projects.byId(projectId);
    if (!project) return;
    this.#rollOff.inBackground(
      projectId,
      this.#turns.run(project, { operation: "applying settings", refuse: false }, unattended, (current) => {
        this.#rollOff.run(current);
        return Promise.resolve();
      }),
    );
  }

  /** Takes automatic snapshots until the returned function is called, once for each call. */
  openProject(projectId: string): () => void {
    const close = this.#auto.open(projectId);
    return () => {
      close();
      if (!this.#auto.isOpen(projectId)) this.#standby.drop(projectId);
    };
  }

  /** Lets go of what is kept for a project besides its entries: it is about to be deleted. */
  leave(projectId: string): void {
    this.#standby.drop(projectId);
  }

  autoSnapshotError(projectId: string): string | null {
    return this.#auto.errorOf(projectId);
  }

  /** Whether snapshots that rolled off are still being freed, or changes counted. */
  get hasWork(): boolean {
    return (
      this.#rollOff.hasWork || this.#sweep.hasWork || this.#counting.hasWork || this.#sizeCounting.hasWork
    );
  }

  async close(): Promise<void> {
    this.#auto.close();
    await this.#counting.close();
    await this.#sizeCounting.close();
    await this.#standby.close();
    await this.#rollOff.ended();
    await this.#sweep.close();
  }

  async #takeByTimer(projectId: string): Promise<void> {
    const project = this.#parts.projects.byId(projectId);
    if (!project) return;
    await this.snapshot(project, { cause: "timer", pin: false }, unattended);
  }

  async #take(
    project: ProjectRow,
    wish: SnapshotWish,
    signal: AbortSignal,
    source?: string,
  ): Promise<EntryRow | null> {
    const entry = await this.#taking.run(project, wish, signal, source);
    if (entry) this.#added(project.projectId);
    return entry;
  }

  async #bringBack(
    project: ProjectRow,
    wish: RestoreWish,
    call: LongCall,
  ): Promise<Result<"timeline/restore">> {
    const { entry, guard, changes } = await this.#restore.run(project, wish, call);
    if (entry) this.#added(project.projectId);
    const { projectId } = project;
    const fresh = (row: EntryRow | null) =>
      row && this.#entries.view(this.#parts.entries.find(projectId, row.snapshotId) ?? row);
    return { entry: fresh(entry), guard: fresh(guard), summary: summarizeChanges(changes) };
  }

  #added(projectId: string): void {
    this.#standby.drop(projectId);
    const project = this.#parts.projects.byId(projectId);
    if (project) this.#rollOff.run(project);
    void this.#sweep.wake();
    this.#sizeCounting.wake(projectId);
    this.#parts.announce("changed/timeline", { projectId });
    this.#parts.uploads.wake(projectId);
  }
}
