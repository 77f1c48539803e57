import * as vscode from "vscode";
import type { Health } from "../../agent/protocol/health.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { ProjectSession } from "../project/projectSession.ts";

/** The newest health of this window's project, or of the machine where there is none. */
export class HealthMonitor implements vscode.Disposable {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #disposables: readonly { dispose(): unknown }[];
  #health: Health | undefined;
  #of: string | undefined;

  constructor(connection: AgentConnection, session: ProjectSession, log: vscode.LogOutputChannel) {
    this.#connection = connection;
    this.#session = session;
    this.#log = log;
    this.#disposables = [
      this.#changed,
      session.onDidChange(() => void this.#follow()),
      connection.onDidHear(({ name, body }) => {
        if (name !== "changed/health") return;
        if (body.projectId === (this.#session.project?.projectId ?? null)) this.#take(body.health);
      }),
    ];
  }

  get current(): Health | undefined {
    return this.#health;
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #follow(): Promise<void> {
    const projectId = this.#session.project?.projectId;
    if (projectId === this.#of) return;
    this.#of = projectId;
    this.#take(undefined);
    if (!projectId) return;
    try {
      const { health } = await this.#connection.call("project/status", { project: projectId });
      if (this.#of === projectId) this.#take(health);
    } catch (thrown) {
      this.#of = undefined;
      this.#log.error("Could not read the project's health.", String(thrown));
    }
  }

  #take(health: Health | undefined): void {
    this.#health = health;
    this.#changed.fire();
  }
}
