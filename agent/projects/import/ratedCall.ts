import type { Clock } from "../../host/clock.ts";
import type { LongCall } from "../../host/longCall.ts";

/** Under this many milliseconds a rate says nothing. */
const settlingMs = 500;

/**
 * The same call, with a rate in every report that has none: units per second since the first report of
 * that message.
 */
export function ratedCall(call: LongCall, clock: Clock): LongCall {
  let message: string | null = null;
  let began = { at: 0, done: 0 };
  return {
    signal: call.signal,
    report(progress) {
      const at = clock.monotonic();
      if (progress.message !== message) {
        message = progress.message;
        began = { at, done: progress.done };
      }
      const elapsed = at - began.at;
      const rate = elapsed < settlingMs ? null : ((progress.done - began.done) / elapsed) * 1000;
      call.report({ ...progress, rate: progress.rate ?? rate });
    },
  };
}
