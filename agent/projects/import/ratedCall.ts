import type { Clock } from "../../host/clock.ts";
import type { LongCall } from "../../host/longCall.ts";
import { RecentRate } from "../../host/recentRate.ts";

/**
 * The same call, with a rate and the time left in every report that has none: units a second of late, since the
 * first report of that message at most.
 */
export function ratedCall(call: LongCall, clock: Clock): LongCall {
  let message: string | null = null;
  let recent = new RecentRate();
  return {
    signal: call.signal,
    report(progress) {
      const at = clock.monotonic();
      if (progress.message !== message) {
        message = progress.message;
        recent = new RecentRate();
      }
      recent.note(at, progress.done);
      const secondsLeft = recent.secondsTo(progress.total);
      call.report({ secondsLeft, ...progress, rate: progress.rate ?? recent.perSecond() });
    },
  };
}
