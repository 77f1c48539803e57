import * as vscode from "vscode";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { Acts } from "./acts.ts";
import { AssistantActs } from "./assistantActs.ts";
import { DebugActs } from "./debugActs.ts";
import { DeletionActs } from "./deletionActs.ts";
import { GitActs } from "./gitActs.ts";
import { TaskActs } from "./taskActs.ts";
import { TerminalActs } from "./terminalActs.ts";
import { WrittenFiles } from "./writtenFiles.ts";

/** Everything in this window that makes the agent take snapshots before and after it. */
export class Causes implements vscode.Disposable {
  /** For the tools that assistants call. */
  readonly assistant: AssistantActs;
  readonly #disposables: readonly { dispose(): unknown }[];

  constructor(connection: AgentConnection, session: ProjectSession, log: vscode.LogOutputChannel) {
    const acts = new Acts(connection, session, log);
    this.assistant = new AssistantActs(acts, connection);
    const files = new WrittenFiles(acts);
    this.#disposables = [
      acts,
      this.assistant,
      files,
      new TerminalActs(acts, files),
      new TaskActs(acts),
      new DebugActs(acts),
      new DeletionActs(acts),
      new GitActs(acts, log),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables.toReversed()) disposable.dispose();
  }
}
