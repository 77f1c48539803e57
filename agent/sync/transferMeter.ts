import { setImmediate } from "node:timers/promises";
import { ForkpointError } from "../protocol/errors.ts";
import type { Clock } from "../host/clock.ts";
import type { LongCall } from "../host/longCall.ts";
import { RecentRate } from "../host/recentRate.ts";

/** How long a loop may keep the thread to itself, in milliseconds. */
const sliceMs = 40;
const reportEveryMs = 200;
/** Somebody who watches a transfer that waits for the network is told so often, too. */
const waitingReportMs = 1000;

/**
 * Counts what a transfer has done, tells the caller now and then, and lets the thread breathe so that a
 * cancellation is noticed.
 */
export class TransferMeter {
  readonly #clock: Clock;
  readonly #call: LongCall;
  readonly #message: string;
  readonly #rate = new RecentRate();
  #total: number | null = null;
  #files = 0;
  #bytes = 0;
  #lastBreath: number;
  #lastReport: number;

  constructor(clock: Clock, call: LongCall, message: string) {
    this.#clock = clock;
    this.#call = call;
    this.#message = message;
    this.#lastBreath = this.#lastReport = clock.monotonic();
    this.#rate.note(this.#lastBreath, 0);
  }

  /** The bytes there are to do, once known. */
  expect(total: number): void {
    this.#total = total;
  }

  addBytes(count: number): void {
    this.#bytes += count;
  }

  addFiles(count: number): void {
    this.#files += count;
  }

  get files(): number {
    return this.#files;
  }

  /** To be awaited often; does nothing most of the time. @throws ForkpointError CANCELLED */
  pace(): Promise<void> | undefined {
    const now = this.#clock.monotonic();
    if (now - this.#lastBreath < sliceMs) return undefined;
    return this.#breathe(now);
  }

  /** Tells the caller how far the transfer is, without waiting for the next turn. */
  report(): void {
    this.#rate.note(this.#clock.monotonic(), this.#bytes);
    const total = this.#total === null ? null : Math.max(this.#total, this.#bytes);
    this.#call.report({
      message: this.#message,
      done: this.#bytes,
      total,
      unit: "bytes",
      rate: this.#rate.perSecond(),
      secondsLeft: this.#rate.secondsTo(total),
    });
  }

  /** Goes on telling, with a falling rate, while the transfer waits for others, until the returned function is called. */
  watch(): () => void {
    let cancel = () => {};
    const look = () => {
      const now = this.#clock.monotonic();
      if (now - this.#lastReport >= waitingReportMs) {
        this.#lastReport = now;
        this.report();
      }
      cancel = this.#clock.after(waitingReportMs, look);
    };
    cancel = this.#clock.after(waitingReportMs, look);
    return () => cancel();
  }

  async #breathe(now: number): Promise<void> {
    if (now - this.#lastReport >= reportEveryMs) {
      this.#lastReport = now;
      this.report();
    }
    await setImmediate();
    this.#lastBreath = this.#clock.monotonic();
    if (this.#call.signal.aborted) throw new ForkpointError("CANCELLED", "Cancelled.");
  }
}
