import type { ErrorCode } from "../../agent/protocol/errors.ts";

/**
 * Codes of which docs/problems.md says nothing: who asked made a mistake that the message names, or it passes by
 * itself.
 */
export const unexplained: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "BAD_REQUEST",
  "CANCELLED",
  "NOBODY_TO_ASK",
  "AGENT_STOPPING",
  "SETUP_BUSY",
]);

/** Whether docs/problems.md says more of an error. */
export function isExplained(code: ErrorCode): boolean {
  return !unexplained.has(code);
}
