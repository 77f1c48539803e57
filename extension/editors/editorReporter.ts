import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { errorBody } from "../../agent/protocol/errors.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { Throttle } from "../timeline/throttle.ts";
import { captureEditors } from "./editorCapture.ts";

/** The least time in milliseconds between two reports, while somebody types. */
const reportMs = 2000;

/** Tells the agent what this window shows, so that every snapshot can keep it. */
export class EditorReporter implements vscode.Disposable {
  /** Of this window as long as it lives; a window that was loaded again is another. */
  readonly windowId = randomUUID();
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #log: vscode.LogOutputChannel;
  readonly #throttle: Throttle;
  readonly #disposables: readonly vscode.Disposable[];
  #told = "";

  constructor(connection: AgentConnection, session: ProjectSession, log: vscode.LogOutputChannel) {
    this.#connection = connection;
    this.#session = session;
    this.#log = log;
    this.#throttle = new Throttle(reportMs, () => this.flush());
    const later = () => this.#throttle.run();
    this.#disposables = [
      session.onDidChange(() => {
        // Another agent knows nothing of this window.
        this.#told = "";
        later();
      }),
      vscode.window.tabGroups.onDidChangeTabs(later),
      vscode.window.tabGroups.onDidChangeTabGroups(later),
      vscode.window.onDidChangeTextEditorSelection(later),
      vscode.workspace.onDidChangeTextDocument(later),
      vscode.workspace.onDidSaveTextDocument(later),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("forkpoint.editors.keep")) later();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(later),
    ];
  }

  /** Tells it now, where anything is new. What fails is only logged: a snapshot is worth more than its tabs. */
  async flush(): Promise<void> {
    const { project, location } = this.#session;
    if (!project || !location || this.#connection.state.kind !== "connected") return;
    const { windowId } = this;
    const nothing = { windowId, folder: "", tabs: [], unsaved: [], leftOut: [] };
    const state = this.#isWanted() ? captureEditors(location, windowId) : nothing;
    const key = JSON.stringify([project.projectId, state]);
    if (key === this.#told) return;
    try {
      await this.#connection.call("editor/keep", { project: project.projectId, state });
      this.#told = key;
    } catch (thrown) {
      const { code, message } = errorBody(thrown);
      this.#log.warn(`What is open could not be kept with snapshots. ${code}: ${message}`);
    }
  }

  dispose(): void {
    this.#throttle.dispose();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #isWanted(): boolean {
    const on = vscode.workspace.getConfiguration("forkpoint").get<boolean>("editors.keep") ?? true;
    return on && vscode.workspace.isTrusted;
  }
}
