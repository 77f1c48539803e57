import type { ActRow } from "../../catalog/acts.ts";
import { unattended } from "../../host/longCall.ts";
import { errorBody } from "../../protocol/errors.ts";
import { compareSnapshots } from "../../volumes/comparison/compareSnapshots.ts";
import type { SnapshotPlaces } from "../snapshotPlaces.ts";
import type { TimelineParts } from "../timelineParts.ts";
import { countChange } from "./actChange.ts";

/** How long others have a project to themselves before the counting is tried again. */
const giveWayMs = 300;

type Parts = Pick<
  TimelineParts,
  "acts" | "projects" | "locks" | "privileged" | "clock" | "log" | "announce" | "crashPoint"
>;

/**
 * Counts what acts changed, one after the other and the newest first, and gives way to whoever wants the project
 * meanwhile. What is not counted when the agent ends is counted after the next start.
 */
export class ChangeCounting {
  readonly #parts: Parts;
  readonly #places: SnapshotPlaces;
  readonly #closing = new AbortController();
  /** Acts that cannot be counted. */
  readonly #failed: Pick<ActRow, "actId" | "afterId">[] = [];
  #running: Promise<void> | null = null;

  constructor(parts: Parts, places: SnapshotPlaces) {
    this.#parts = parts;
    this.#places = places;
  }

  get hasWork(): boolean {
    return this.#running !== null;
  }

  /** Counts all that is not counted. Resolves once that is done; nobody has to wait for it. */
  run(): Promise<void> {
    this.#running ??= this.#countAll();
    return this.#running;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #countAll(): Promise<void> {
    // Not before the caller has kept the promise.
    await Promise.resolve();
    try {
      await this.#countOneByOne();
    } finally {
      this.#running = null;
    }
  }

  async #countOneByOne(): Promise<void> {
    while (!this.#isClosing()) {
      const act = this.#parts.acts.newestUncounted(this.#failed);
      if (!act) return;
      const wanted = new AbortController();
      try {
        await this.#count(act, wanted);
      } catch (thrown) {
        if (wanted.signal.aborted) await this.#pause();
        else if (!this.#isClosing()) {
          this.#failed.push({ actId: act.actId, afterId: act.afterId });
          const { code, message } = errorBody(thrown);
          this.#parts.log.warn("what an act changed cannot be counted", { actId: act.actId, code, message });
        }
      }
    }
  }

  #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  async #count(act: ActRow, wanted: AbortController): Promise<void> {
    const { acts, projects, locks, privileged, announce, crashPoint } = this.#parts;
    const { projectId, beforeId, afterId } = act;
    const signal = AbortSignal.any([this.#closing.signal, wanted.signal]);
    const request = {
      operation: "counting what changed",
      refuse: false,
      signal,
      giveWay: () => wanted.abort(),
    };
    await locks.run(projectId, request, async () => {
      const project = projects.byId(projectId);
      if (!project || afterId === null) return;
      const from = await this.#places.require(project, beforeId);
      const to = await this.#places.require(project, afterId);
      const changes = await compareSnapshots(privileged, { from, to }, { ...unattended, signal });
      const change = await countChange(from, changes);
      signal.throwIfAborted();
      acts.counted(act, change);
      crashPoint("act:counted");
      announce("changed/timeline", { projectId });
    });
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isClosing()) {
        resolve();
        return;
      }
      const done = () => {
        this.#closing.signal.removeEventListener("abort", done);
        cancel();
        resolve();
      };
      const cancel = this.#parts.clock.after(giveWayMs, done);
      this.#closing.signal.addEventListener("abort", done);
    });
  }
}
