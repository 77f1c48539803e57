import type { SnapshotDeletion } from "./deleteSnapshots.ts";
import type { TimelineParts } from "./timelineParts.ts";

/** Also looked at so often whether a pool runs low. */
const mostPauseMs = 10 * 60_000;
const leastPauseMs = 1000;

type Parts = Pick<TimelineParts, "kept" | "clock" | "log"> & {
  /** Whether a pool is about to refuse writes; then what was deleted gives its room back at once. */
  readonly isPoolLow: (poolId: string) => Promise<boolean>;
};

/** Frees deleted snapshots when their time to be brought back is over, or their pool has no room to keep them. */
export class KeptSweep {
  readonly #parts: Parts;
  readonly #deletion: SnapshotDeletion;
  #cancel: () => void = () => undefined;
  #runs: Promise<void> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  constructor(parts: Parts, deletion: SnapshotDeletion) {
    this.#parts = parts;
    this.#deletion = deletion;
  }

  /**
   * Looks now, and again when the next one's time is over. To be called at start-up and after each deletion.
   * @returns when what is due now is freed
   */
  wake(): Promise<void> {
    this.#cancel();
    if (this.#closed) return this.#runs;
    this.#waiting++;
    this.#runs = this.#runs.then(() => this.#run());
    return this.#runs;
  }

  get hasWork(): boolean {
    return this.#waiting > 0;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#runs;
  }

  /** What fails is logged; its intent stays, and start-up finishes it. */
  async #run(): Promise<void> {
    const { kept, clock, log } = this.#parts;
    try {
      const low: string[] = [];
      for (const poolId of kept.pools()) if (await this.#parts.isPoolLow(poolId)) low.push(poolId);
      for (const buried of this.#deletion.release(kept.due(clock.now(), low))) {
        await this.#deletion.free(buried);
      }
    } catch (thrown) {
      log.error("deleted snapshots could not be freed", { message: String(thrown) });
    }
    if (--this.#waiting === 0) this.#schedule();
  }

  #schedule(): void {
    const next = this.#parts.kept.nextDue();
    if (this.#closed || next === null) return;
    const pause = Math.min(mostPauseMs, Math.max(leastPauseMs, next - this.#parts.clock.now()));
    this.#cancel = this.#parts.clock.after(pause, () => void this.wake());
  }
}
