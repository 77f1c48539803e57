import type { Clock } from "../host/clock.ts";
import type { Progress } from "../protocol/events.ts";

/** At most ten reports a second reach a client. */
const intervalMs = 100;

/** Passes the first report on at once and later ones at a bounded rate; the newest is never lost. */
export class ThrottledProgress {
  readonly #clock: Clock;
  readonly #send: (progress: Progress) => void;
  #waiting: Progress | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, send: (progress: Progress) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  readonly report = (progress: Progress): void => {
    if (this.#cancelTimer) {
      this.#waiting = progress;
      return;
    }
    this.#send(progress);
    this.#cancelTimer = this.#clock.after(intervalMs, () => {
      this.#cancelTimer = undefined;
      const next = this.#waiting;
      this.#waiting = undefined;
      if (next) this.report(next);
    });
  };

  end(): void {
    this.#cancelTimer?.();
    this.#waiting = undefined;
  }
}
