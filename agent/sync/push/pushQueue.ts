import type { Entries } from "../../catalog/entries.ts";
import type { EntryRow } from "../../catalog/entryRow.ts";
import type { ProjectRow, Projects } from "../../catalog/projects.ts";
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../host/log.ts";
import type { LongCall } from "../../host/longCall.ts";
import { orAborted } from "../../host/orAborted.ts";
import { errorBody, ForkpointError, type ErrorBody } from "../../protocol/errors.ts";
import type { EntryPusher } from "./entryPusher.ts";
import type { PushBases } from "./pushBase.ts";
import type { StoreKeeper } from "../store/storeKeeper.ts";
import { newPushLane, type PushLane } from "./pushLane.ts";
import { UploadSlots } from "./uploadSlots.ts";

const projectsAtOnce = 2;
const firstRetryMs = 2_000;
const longestRetryMs = 5 * 60_000;

/** Pushes, in the background, every entry that is not durable, and tries again by itself after a failure. */
export class PushQueue {
  readonly #projects: Projects;
  readonly #entries: Entries;
  readonly #store: StoreKeeper;
  readonly #bases: PushBases;
  readonly #pusher: EntryPusher;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #healthChanged: (projectId: string) => void;
  readonly #pushed: (signal: AbortSignal) => Promise<void>;
  readonly #lanes = new Map<string, PushLane>();
  readonly #slots = new UploadSlots(projectsAtOnce);
  #isOpen = false;

  constructor(parts: {
    projects: Projects;
    entries: Entries;
    store: StoreKeeper;
    bases: PushBases;
    pusher: EntryPusher;
    clock: Clock;
    log: Log;
    healthChanged: (projectId: string) => void;
    /** Called after something was pushed. */
    pushed: (signal: AbortSignal) => Promise<void>;
  }) {
    this.#projects = parts.projects;
    this.#entries = parts.entries;
    this.#store = parts.store;
    this.#bases = parts.bases;
    this.#pusher = parts.pusher;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#healthChanged = parts.healthChanged;
    this.#pushed = parts.pushed;
  }

  /** Lets uploads run, and starts those that are due. */
  open(): void {
    this.#isOpen = true;
    for (const { projectId } of this.#projects.list()) this.resume(projectId);
  }

  /** Stops all uploads and keeps new ones from starting. */
  async shut(): Promise<void> {
    this.#isOpen = false;
    await Promise.all([...this.#lanes.keys()].map((projectId) => this.#stop(projectId)));
  }

  /** There may be something to push. Does nothing for a project that is held. */
  wake(projectId: string): void {
    const lane = this.#lane(projectId);
    lane.withheld.clear();
    if (lane.running) lane.wokenAgain = true;
    else if (!lane.held) this.#start(projectId, lane);
  }

  /** As `wake`, and forgets what held the project back. */
  resume(projectId: string): void {
    this.#lane(projectId).held = false;
    this.wake(projectId);
  }

  /** Resolves when the uploads of the project have come to an end. @throws what made them end early */
  async finished(projectId: string, call: LongCall): Promise<void> {
    const lane = this.#lane(projectId);
    lane.watchers.add(call.report);
    try {
      while (lane.running) await orAborted(lane.running, call.signal);
      if (lane.failure !== null) throw lane.failure;
    } catch (thrown) {
      if (!call.signal.aborted) throw thrown;
      throw new ForkpointError("CANCELLED", "Cancelled. The uploads go on in the background.");
    } finally {
      lane.watchers.delete(call.report);
    }
  }

  /**
   * Stops whatever reads the project's snapshots, or the one named, and resolves once nothing does. A
   * snapshot that is named is left alone until the project is woken.
   */
  async release(projectId: string, snapshotId?: string): Promise<void> {
    if (snapshotId !== undefined) this.#lane(projectId).withheld.add(snapshotId);
    const ids =
      snapshotId === undefined ? this.#entries.list(projectId).map((each) => each.snapshotId) : [snapshotId];
    const readers = [...this.#lanes].filter(([, { using }]) => using.some((each) => ids.includes(each)));
    await Promise.all(readers.map(([id]) => this.#stop(id)));
    if (snapshotId === undefined) await this.#stop(projectId);
    for (const [id] of readers) if (id !== projectId || snapshotId !== undefined) this.#restart(id);
  }

  /** Whether snapshots of the project, or of any, are being uploaded at the moment. */
  isUploading(projectId?: string): boolean {
    const lanes = projectId === undefined ? [...this.#lanes.values()] : [this.#lanes.get(projectId)];
    return lanes.some((lane) => lane && lane.using.length > 0);
  }

  errorOf(projectId: string): ErrorBody | null {
    const failure = this.#lanes.get(projectId)?.failure ?? null;
    return failure === null ? null : errorBody(failure);
  }

  /** Whether an upload runs or will be tried again. */
  hasWork(): boolean {
    return [...this.#lanes.values()].some(
      ({ running, cancelRetry }) => running !== null || cancelRetry !== null,
    );
  }

  #lane(projectId: string): PushLane {
    const known = this.#lanes.get(projectId);
    if (known) return known;
    const lane = newPushLane();
    this.#lanes.set(projectId, lane);
    return lane;
  }

  #start(projectId: string, lane: PushLane): void {
    lane.cancelRetry?.();
    lane.cancelRetry = null;
    if (!this.#isOpen || !this.#store.isSet) return;
    if (!this.#next(projectId, lane)) {
      lane.failure = null;
      return;
    }
    lane.abort = new AbortController();
    lane.wokenAgain = false;
    lane.running = this.#run(projectId, lane).then(() => {
      lane.running = null;
      if (lane.wokenAgain && !lane.held) this.#start(projectId, lane);
    });
  }

  #restart(projectId: string): void {
    const lane = this.#lane(projectId);
    if (!lane.running && !lane.held) this.#start(projectId, lane);
  }

  async #stop(projectId: string): Promise<void> {
    const lane = this.#lane(projectId);
    lane.cancelRetry?.();
    lane.cancelRetry = null;
    lane.wokenAgain = false;
    lane.abort.abort();
    await lane.running;
  }

  async #run(projectId: string, lane: PushLane): Promise<void> {
    const { signal } = lane.abort;
    try {
      const giveBack = await this.#slots.take(signal);
      try {
        await this.#pushAll(projectId, lane, signal);
      } finally {
        giveBack();
      }
      lane.failure = null;
      lane.failures = 0;
    } catch (thrown) {
      if (!signal.aborted) this.#failed(projectId, lane, thrown);
    } finally {
      this.#healthChanged(projectId);
    }
  }

  /** Pushes one after the other. An entry that cannot be pushed does not keep the others from it. */
  async #pushAll(projectId: string, lane: PushLane, signal: AbortSignal): Promise<void> {
    // What was tried is not tried again: whoever makes something older local wakes the lane for another round.
    let tried = 0;
    const failures: unknown[] = [];
    let pushed = 0;
    for (;;) {
      const next = this.#next(projectId, lane, tried);
      if (!next) break;
      try {
        await this.#pushOne(next.project, next.entry, lane, signal);
        pushed++;
      } catch (thrown) {
        if (signal.aborted || concernsAll(thrown)) throw thrown;
        tried = next.entry.seq;
        failures.push(thrown);
      }
    }
    if (pushed > 0) await this.#pushed(signal);
    if (failures.length > 0) throw failures[0];
  }

  async #pushOne(project: ProjectRow, entry: EntryRow, lane: PushLane, signal: AbortSignal): Promise<void> {
    const base = await this.#bases.choose(project, entry, this.#allWithheld());
    signal.throwIfAborted();
    const withheld = this.#allWithheld();
    if (withheld.has(entry.snapshotId) || (base && withheld.has(base.snapshotId))) return;
    lane.using = [entry.snapshotId, ...(base ? [base.snapshotId] : [])];
    this.#healthChanged(project.projectId);
    try {
      const report: LongCall["report"] = (progress) => {
        for (const watcher of lane.watchers) watcher(progress);
      };
      await this.#pusher.push(project, entry, base, { signal, report });
      this.#store.noteSuccess();
    } finally {
      lane.using = [];
    }
  }

  /** @param after a seq: entries up to it are left out */
  #next(projectId: string, { withheld }: PushLane, after = 0) {
    const project = this.#projects.byId(projectId);
    const entry = this.#entries.oldestNotDurable(projectId, { after, except: withheld });
    return project && entry ? { project, entry } : null;
  }

  #allWithheld(): Set<string> {
    return new Set([...this.#lanes.values()].flatMap(({ withheld }) => [...withheld]));
  }

  #failed(projectId: string, lane: PushLane, thrown: unknown): void {
    const { code, message } = errorBody(thrown);
    lane.failure = thrown instanceof Error ? thrown : new Error(String(thrown));
    this.#store.noteFailure(thrown);
    if (code === "REF_CONFLICT") {
      lane.held = true;
      this.#log.warn("uploads stop: another machine writes the project", { projectId, message });
      return;
    }
    // Nothing but its key helps, and whoever brings that wakes all.
    if (code === "REPOSITORY_LOCKED") return;
    const delay = Math.min(firstRetryMs * 2 ** lane.failures++, longestRetryMs);
    this.#log.warn("a push failed and will be tried again", { projectId, code, message, delay });
    lane.cancelRetry = this.#clock.after(delay, () => {
      this.#restart(projectId);
    });
  }
}

/** Whether the next entry would fail in the same way. */
function concernsAll(thrown: unknown): boolean {
  if (!(thrown instanceof ForkpointError)) return false;
  const { code } = thrown;
  return (
    code.startsWith("STORE_") ||
    code === "REPOSITORY_LOCKED" ||
    code === "REF_CONFLICT" ||
    code === "NEEDS_ROOT"
  );
}
