import type { Entry } from "../agent/protocol/entry.ts";
import type { PathVersion } from "../agent/protocol/pathHistory.ts";
import type { Comparison } from "./compare/comparison.ts";
import type { StatusLook } from "./health/healthText.ts";
import type { WindowState } from "./project/windowState.ts";
import type { Window } from "./window.ts";

/**
 * What other extensions can read of this window: `extensions.getExtension("forkpoint.forkpoint").exports`.
 * To do something, run the commands; they take what they need as an argument and give back what was made.
 */
export interface ForkpointApi {
  /** What activating took, in milliseconds. */
  readonly activatedInMs: number;
  /** Whether the open folder has a timeline, and if not, what is missing. */
  readonly state: WindowState;
  /** What the status bar shows. */
  readonly status: StatusLook;
  /** The snapshots at hand, newest first. */
  readonly entries: readonly Entry[];
  /** How often the timeline was read since this window was opened; at most four times a second. */
  readonly refreshes: number;
  /** What the Timeline view is filtered by, as it was typed, and what that found, newest first. */
  readonly search: { readonly query: string; readonly entries: readonly Entry[] };
  /** Whose versions the File History view shows, and these, newest first. */
  readonly fileHistory: { readonly path: string | null; readonly versions: readonly PathVersion[] };
  /** What the Changes view shows. */
  readonly comparison: Comparison | undefined;
}

/** @param activatedInMs as measured by the caller, which knows when it began */
export function windowApi(window: Window, activatedInMs: number): ForkpointApi {
  return {
    activatedInMs,
    get state() {
      return window.session.state;
    },
    get status() {
      return window.statusBar.look;
    },
    get entries() {
      return window.timeline.entries;
    },
    get refreshes() {
      return window.timeline.refreshes;
    },
    get search() {
      return window.search;
    },
    get fileHistory() {
      return window.fileHistory;
    },
    get comparison() {
      return window.changes.comparison;
    },
  };
}
