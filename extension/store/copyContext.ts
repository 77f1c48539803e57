import * as vscode from "vscode";
import type { AgentConnection } from "../connection/agentConnection.ts";

/** What menus ask: `pushing` while there is a store, `paused` while pushing to it is paused, else nothing. */
export const copyContextKey = "forkpoint.copy";

/** Keeps in sight of the menus whether the safe copy can be paused or resumed. */
export class CopyContext implements vscode.Disposable {
  readonly #connection: AgentConnection;
  readonly #log: vscode.LogOutputChannel;
  readonly #disposables: readonly vscode.Disposable[];

  constructor(connection: AgentConnection, log: vscode.LogOutputChannel) {
    this.#connection = connection;
    this.#log = log;
    this.#disposables = [
      connection.onDidChangeState(() => void this.#follow()),
      connection.onDidHear((heard) => {
        if (heard.name === "changed/machine" && heard.body.what === "store") void this.#follow();
      }),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #follow(): Promise<void> {
    let copy: "pushing" | "paused" | undefined;
    try {
      if (this.#connection.state.kind === "connected") {
        const { store } = await this.#connection.call("store/show", {});
        copy = store ? (store.paused ? "paused" : "pushing") : undefined;
      }
    } catch (thrown) {
      this.#log.warn("Could not read how the safe copy is.", String(thrown));
    }
    void vscode.commands.executeCommand("setContext", copyContextKey, copy);
  }
}
