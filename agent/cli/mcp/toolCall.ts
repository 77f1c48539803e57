import type { Project } from "../../protocol/project.ts";
import type { MethodName, Params, Result } from "../../protocol/methods.ts";

/** What a tool works with while it answers one call. */
export interface ToolCall {
  /** The one project that is served. @throws ForkpointError PROJECT_NOT_FOUND */
  readonly project: () => Promise<Project>;
  /** Asks the agent. The client's cancellation reaches it, and its progress the client. */
  readonly agent: <M extends MethodName>(method: M, params: Params<M>) => Promise<Result<M>>;
  /** Whether a person has agreed beforehand to whatever restores do. */
  readonly restoresFreely: boolean;
  /**
   * Returns when a person has agreed.
   * @throws ForkpointError NOBODY_TO_ASK where the client cannot ask, CANCELLED unless the answer is yes
   */
  readonly confirm: (question: { readonly message: string; readonly agree: string }) => Promise<void>;
  /** Throws NOBODY_TO_ASK where `confirm` would; before anything is looked at for the question. */
  readonly requirePerson: () => void;
}
