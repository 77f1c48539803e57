import type { ErrorBody } from "../../agent/protocol/errors.ts";
import type { Project } from "../../agent/protocol/project.ts";

/** What this window has, from the least to all of it. The welcome views show one text for each. */
export type WindowState =
  | { readonly kind: "unsupported-platform" }
  | { readonly kind: "no-folder" }
  | { readonly kind: "connecting" }
  | { readonly kind: "agent-stopped" }
  | { readonly kind: "agent-failed"; readonly error: ErrorBody }
  /** No pool, and none can be made: the agent is not root and has no helper. */
  | { readonly kind: "no-helper" }
  | { readonly kind: "no-pool" }
  | { readonly kind: "refused-folder"; readonly reason: string }
  | { readonly kind: "no-project" }
  /** The folder is that of a snapshot, which is in its timeline or was deleted. */
  | { readonly kind: "snapshot-folder" }
  | { readonly kind: "snapshot-gone" }
  | { readonly kind: "ready"; readonly project: Project };

export type WindowStateKind = WindowState["kind"];

/** The context key that the welcome views and menus ask. */
export const stateContextKey = "forkpoint.state";
