import type * as vscode from "vscode";
import { AssistantTurns, turnName, turnQuietMs } from "../../agent/protocol/assistantTurns.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { Acts } from "./acts.ts";

/** Turns of the editor's assistants: from the first call of one of our tools until there was none for a while. */
export class AssistantActs implements vscode.Disposable {
  readonly #turns: AssistantTurns<{ readonly project: string; readonly actId: string }>;
  readonly #watching: vscode.Disposable;

  constructor(acts: Acts, connection: AgentConnection) {
    this.#turns = new AssistantTurns(
      {
        begin: () => acts.begin("assistant", turnName(undefined)),
        end: (turn) => acts.end(Promise.resolve(turn), undefined, "done"),
      },
      () => turnQuietMs(process.env),
    );
    this.#watching = connection.onDidChangeState(({ kind }) => {
      if (kind !== "connected") this.#turns.interrupted();
    });
  }

  /** Does what a tool does, after the state before the turn is kept. */
  during<R>(work: () => Promise<R>): Promise<R> {
    return this.#turns.during(work);
  }

  /** The agent ends the turn that goes on, as the connection goes. */
  dispose(): void {
    this.#watching.dispose();
    this.#turns.leave();
  }
}
