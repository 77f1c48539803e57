import type { Clock } from "../host/clock.ts";
import { ForkpointError } from "../protocol/errors.ts";

/** Gives up on a server that has stopped answering: longer than `ms` without a sign of life. */
export class Patience {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #over = new AbortController();
  #cancel: () => void = () => undefined;

  constructor(parts: { clock: Clock; ms: number; where: string }) {
    this.#clock = parts.clock;
    this.#ms = parts.ms;
    this.where = parts.where;
  }

  readonly where: string;

  /** Aborted once patience has run out. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Starts anew, with some more for what is known to take long. */
  wait(moreMs = 0): void {
    this.#cancel();
    const ms = this.#ms + moreMs;
    this.#cancel = this.#clock.after(ms, () => {
      this.#over.abort(
        new ForkpointError(
          "STORE_UNREACHABLE",
          `${this.where} did not answer for ${Math.ceil(ms / 1000)} s.`,
        ),
      );
    });
  }

  end(): void {
    this.#cancel();
  }
}
