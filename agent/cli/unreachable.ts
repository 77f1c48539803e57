import { type ErrorCode, errorBody } from "../protocol/errors.ts";

const codes: ReadonlySet<ErrorCode> = new Set([
  "AGENT_UNREACHABLE",
  "AGENT_NEWER",
  "AGENT_STOPPING",
  "CATALOG_DAMAGED",
  "CATALOG_NEWER",
  "NODE_TOO_OLD",
  "UNAUTHORIZED",
]);

/** Whether an error says that there is no agent to be asked. */
export function isUnreachable(thrown: unknown): boolean {
  return codes.has(errorBody(thrown).code);
}
