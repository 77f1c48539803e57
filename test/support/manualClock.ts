import type { Clock } from "../../agent/host/clock.ts";

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: number;
  readonly #timers = new Set<{ ms: number; at: number; call: () => void }>();

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { ms, at: this.#now + ms, call };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Moves on and calls what is due, in order. */
  pass(ms: number): void {
    this.#now += ms;
    const due = [...this.#timers].filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at);
    for (const timer of due) if (this.#timers.delete(timer)) timer.call();
  }

  /** How many calls are still to come, or how many of those that were to come after so many milliseconds. */
  waiting(ms?: number): number {
    return [...this.#timers].filter((timer) => ms === undefined || timer.ms === ms).length;
  }

  /** Milliseconds until the next call is due; null when none is. */
  untilNext(): number | null {
    const dues = [...this.#timers].map(({ at }) => at - this.#now);
    return dues.length === 0 ? null : Math.min(...dues);
  }
}
