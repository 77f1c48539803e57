/**
 * Runs work at most once each `intervalMs`: at once when it rested long enough, else when the interval
 * is over. Never two at a time; a call during a run makes one run more.
 */
export class Throttle {
  readonly #intervalMs: number;
  readonly #work: () => Promise<void> | void;
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #wanted = false;
  #disposed = false;

  /** @param work must not reject */
  constructor(intervalMs: number, work: () => Promise<void> | void) {
    this.#intervalMs = intervalMs;
    this.#work = work;
  }

  run(): void {
    this.#wanted = true;
    if (!this.#running && this.#timer === undefined) void this.#start();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }

  async #start(): Promise<void> {
    this.#wanted = false;
    this.#running = true;
    try {
      await this.#work();
    } finally {
      this.#running = false;
      if (!this.#disposed) this.#rest();
    }
  }

  #rest(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#wanted) void this.#start();
    }, this.#intervalMs);
  }
}
