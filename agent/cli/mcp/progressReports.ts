import type { Progress } from "../../protocol/events.ts";
import { progressText } from "../progressLine.ts";

export interface ProgressReport {
  readonly progress: number;
  readonly total?: number;
  readonly message: string;
}

/**
 * Turns the agent's reports into MCP's, whose numbers must grow from one to the next: a phase that counts anew, or
 * something else, goes on where the one before ended.
 */
export class ProgressReports {
  #base = 0;
  #last = 0;
  #phase = "";

  /** null when it tells nothing new. */
  next(progress: Progress): ProgressReport | null {
    const phase = `${progress.unit} ${progress.message}`;
    if (phase !== this.#phase) this.#base = this.#last;
    this.#phase = phase;
    const done = this.#base + progress.done;
    if (done <= this.#last) return null;
    this.#last = done;
    const message = progressText(progress);
    return progress.total === null
      ? { progress: done, message }
      : { progress: done, total: this.#base + Math.max(progress.total, progress.done), message };
  }
}
