import type { LongCall } from "../host/longCall.ts";
import type { CheckedParams, MethodName, Result } from "../protocol/methods.ts";
import type { ClientSession } from "./clientSession.ts";

/** What a handler knows of the call besides its parameters. */
export interface Call extends LongCall {
  readonly session: ClientSession;
}

export type Handler<M extends MethodName> = (
  params: CheckedParams<M>,
  call: Call,
) => Result<M> | Promise<Result<M>>;

/** One handler a method; the compiler holds it complete. */
export type Handlers = { readonly [M in MethodName]: Handler<M> };

/**
 * Calls that change nothing, or whose work goes on in the background anyway: they end when the client
 * that waits for them goes away. Every other call is finished, since a window may be reloaded at any time.
 */
export const endWithClient: ReadonlySet<MethodName> = new Set<MethodName>([
  "timeline/changes",
  "timeline/diff",
  "timeline/preview",
  "timeline/retention",
  "timeline/sizes",
  "timeline/touching",
  "store/check",
  "store/projects",
  "store/verify",
  "remote/find",
  "remote/list",
  "remote/read",
  "sync/push",
]);
