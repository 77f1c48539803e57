import { Session } from "node:inspector/promises";
import type { Clock } from "./clock.ts";

/** After a piece of work others often follow; only a rest is worth the pause. */
const restMs = 10_000;

/** Gives memory back to the system once work has ended: V8 itself does that only when it is asked for more. */
export class IdleMemory {
  readonly #clock: Clock;
  readonly #isBusy: () => boolean;
  readonly #collect: () => Promise<void>;
  #cancel: (() => void) | undefined;

  constructor(parts: { clock: Clock; isBusy: () => boolean; collect: () => Promise<void> }) {
    this.#clock = parts.clock;
    this.#isBusy = parts.isBusy;
    this.#collect = parts.collect;
  }

  /** Something was done, or is under way: what it used is given back after a rest. */
  used(): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(restMs, () => {
      this.#cancel = undefined;
      if (this.#isBusy()) this.used();
      else void this.#collect();
    });
  }
}

/** Collects all garbage of this process. */
export async function collectGarbage(): Promise<void> {
  const session = new Session();
  session.connect();
  try {
    // What the first round finds dead may have kept other things alive.
    for (let round = 0; round < 2; round++) await session.post("HeapProfiler.collectGarbage");
  } finally {
    session.disconnect();
  }
}
