import type { LongCall } from "../../host/longCall.ts";

/** The uploads of one project: one after the other, oldest entry first. */
export interface PushLane {
  /** Ends when nothing more can be done for now; never rejects. */
  running: Promise<void> | null;
  abort: AbortController;
  /** Snapshots the upload under way reads. */
  using: readonly string[];
  /** Woken while it ran: what came in may have been too late for it. */
  wokenAgain: boolean;
  cancelRetry: (() => void) | null;
  failures: number;
  /** Why the last round ended early; null when it did not. */
  failure: Error | null;
  /** Waits for somebody to resume it: another machine writes the project. */
  held: boolean;
  /** Snapshots about to be deleted, which are neither pushed nor built upon. */
  readonly withheld: Set<string>;
  readonly watchers: Set<LongCall["report"]>;
}

export function newPushLane(): PushLane {
  return {
    running: null,
    abort: new AbortController(),
    using: [],
    wokenAgain: false,
    cancelRetry: null,
    failures: 0,
    failure: null,
    held: false,
    withheld: new Set(),
    watchers: new Set(),
  };
}
