import type { Clock } from "../host/clock.ts";

/** What may pass at once after a rest: so much of a second's worth. */
const burstMs = 100;

interface Waiting {
  readonly bytes: number;
  readonly pass: () => void;
}

/**
 * Lets bytes pass at a rate, in the order in which they were asked for, whoever asks. Over any time not more
 * pass than the rate allows, a tenth of a second's worth and one piece.
 */
export class ByteRate {
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #limit: number | null = null;
  /** When what has passed is paid for, by the monotonic clock in milliseconds. */
  #paidAt = -Infinity;
  #cancelTimer: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Bytes a second; null for no limit. */
  get limit(): number | null {
    return this.#limit;
  }

  /** Holds from now on, also for what waits. */
  set limit(limit: number | null) {
    const now = this.#clock.monotonic();
    if (limit === null || this.#limit === null) this.#paidAt = -Infinity;
    else if (this.#paidAt > now) this.#paidAt = now + ((this.#paidAt - now) * this.#limit) / limit;
    this.#limit = limit;
    this.#serve();
  }

  /** Resolves when the bytes may pass. @throws the signal's reason while they wait; they are then not counted */
  take(bytes: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason as Error);
        this.#serve();
      };
      const waiting = {
        bytes,
        pass: () => {
          signal.removeEventListener("abort", leave);
          resolve();
        },
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(waiting);
      if (this.#waiting.length === 1) this.#serve();
    });
  }

  #serve(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const now = this.#clock.monotonic();
      if (this.#limit !== null) {
        if (this.#paidAt > now) {
          this.#cancelTimer = this.#clock.after(Math.ceil(this.#paidAt - now), () => this.#serve());
          return;
        }
        this.#paidAt = Math.max(this.#paidAt, now - burstMs) + (next.bytes * 1000) / this.#limit;
      }
      this.#waiting.shift();
      next.pass();
    }
  }
}

/** The rates that all transfers of a process share. */
export class TransferRates {
  readonly upload: ByteRate;
  readonly download: ByteRate;

  constructor(clock: Clock) {
    this.upload = new ByteRate(clock);
    this.download = new ByteRate(clock);
  }
}
