import * as vscode from "vscode";
import { ForkpointError } from "../../agent/protocol/errors.ts";
import type { VolumeLocation } from "../project/volumeLocation.ts";
import type { Project } from "../../agent/protocol/project.ts";
import type { MethodName, Params, Result } from "../../agent/protocol/methods.ts";
import type { AssistantActs } from "../causes/assistantActs.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { ProjectSession } from "../project/projectSession.ts";

/** What a tool has to work with: the project of this window, and the agent. */
export interface ToolCall {
  readonly project: Project;
  readonly location: VolumeLocation;
  readonly ask: <M extends MethodName>(method: M, params: Params<M>) => Promise<Result<M>>;
}

/** One tool that a language model may use. What comes in is the model's, and is checked by the agent. */
export interface AssistantTool<Input> {
  /** As package.json declares it. */
  readonly name: string;
  /** Whether it changes anything, which is refused in a workspace that nobody trusts. */
  readonly acts: boolean;
  /** What a person is asked before; null to ask nothing. */
  readonly question?: (input: Input, call: ToolCall) => Promise<{ title: string; message: string }>;
  /** The answer for the model. */
  readonly run: (input: Input, call: ToolCall) => Promise<unknown>;
}

/** Offers a tool to the language models of the editor; each call of it is a part of an assistant's turn. */
export function registerTool<Input>(
  tool: AssistantTool<Input>,
  connection: AgentConnection,
  session: ProjectSession,
  turns: AssistantActs,
): vscode.Disposable {
  const callWith = async (token: vscode.CancellationToken): Promise<ToolCall> => {
    if (tool.acts && !vscode.workspace.isTrusted) {
      throw new Error("This workspace is not trusted: a person has to trust it before anything is changed.");
    }
    const { project, location } = await session.require();
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    return {
      project,
      location,
      ask: (method, params) => connection.call(method, params, { signal: abort.signal }),
    };
  };
  const { name, question } = tool;
  return vscode.lm.registerTool<Input>(name, {
    ...(question && {
      prepareInvocation: async ({ input }, token) => {
        const { title, message } = await question(input, await callWith(token));
        return { confirmationMessages: { title, message } };
      },
    }),
    invoke: async ({ input }, token) => {
      const call = await callWith(token);
      const answer = await turns
        .during(() => tool.run(input, call))
        .catch((thrown: unknown) => {
          // The model is to read what to do about it.
          if (thrown instanceof ForkpointError) {
            throw new Error(`${thrown.code}: ${thrown.message} ${thrown.hint}`, { cause: thrown });
          }
          throw thrown;
        });
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(JSON.stringify(answer))]);
    },
  });
}
