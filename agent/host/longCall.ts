import type { Progress } from "../protocol/events.ts";

/** What every long operation takes: how to stop it, and whom to tell how far it is. */
export interface LongCall {
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
}

/** For callers that nobody watches or stops. */
export const unattended: LongCall = {
  signal: new AbortController().signal,
  report: () => undefined,
};
