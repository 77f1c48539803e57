import * as vscode from "vscode";
import type { Project } from "../../agent/protocol/project.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { reportError } from "../feedback/reportError.ts";
import { Throttle } from "../timeline/throttle.ts";

const refreshMs = 250;

/** All projects on this machine, kept up to date by the agent's events. */
export class Projects implements vscode.Disposable {
  readonly #connection: AgentConnection;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #throttle: Throttle;
  readonly #disposables: readonly { dispose(): unknown }[];
  #all: readonly Project[] = [];

  constructor(connection: AgentConnection, log: vscode.LogOutputChannel) {
    this.#connection = connection;
    this.#log = log;
    this.#throttle = new Throttle(refreshMs, () => this.#read());
    this.#disposables = [
      this.#changed,
      this.#throttle,
      connection.onDidChangeState(({ kind }) => {
        if (kind === "connected") this.#throttle.run();
        else if (kind !== "connecting") this.#take([]);
      }),
      connection.onDidHear(({ name, body }) => {
        if (name === "changed/machine" && body.what === "projects") this.#throttle.run();
      }),
    ];
  }

  get all(): readonly Project[] {
    return this.#all;
  }

  /** The projects, read anew. @throws ForkpointError what the agent answers */
  async fresh(): Promise<readonly Project[]> {
    const { projects } = await this.#connection.call("project/list", {});
    this.#take(projects);
    return projects;
  }

  refresh(): void {
    this.#throttle.run();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #read(): Promise<void> {
    if (this.#connection.state.kind !== "connected") return;
    try {
      await this.fresh();
    } catch (thrown) {
      if (this.#isConnected()) reportError(thrown, this.#log);
    }
  }

  #isConnected(): boolean {
    return this.#connection.state.kind === "connected";
  }

  #take(projects: readonly Project[]): void {
    this.#all = projects;
    this.#changed.fire();
  }
}
