import * as vscode from "vscode";
import type { Acts, Begun } from "./acts.ts";

/** Debug sessions, with all sessions that one starts as a part of it. */
export class DebugActs implements vscode.Disposable {
  readonly #running = new Map<string, Begun>();
  readonly #disposables: readonly vscode.Disposable[];

  constructor(acts: Acts) {
    this.#disposables = [
      vscode.debug.onDidStartDebugSession(({ id, name, parentSession, workspaceFolder }) => {
        if (parentSession || !acts.holds(workspaceFolder?.uri)) return;
        this.#running.set(id, acts.begin("debug", name));
      }),
      vscode.debug.onDidTerminateDebugSession(({ id }) => {
        const begun = this.#running.get(id);
        if (!begun) return;
        this.#running.delete(id);
        // A debugger does not tell how the program ended.
        void acts.end(begun, undefined, "done");
      }),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}
