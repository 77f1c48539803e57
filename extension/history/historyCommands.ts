import * as vscode from "vscode";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { pathArguments } from "../restore/pathArguments.ts";
import { activeUri, pathOf } from "./activePath.ts";
import type { FileHistory } from "./fileHistory.ts";
import { findDeleted } from "./findDeleted.ts";

/** Chooses whose versions the File History view shows. */
export class HistoryCommands {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #history: FileHistory;

  constructor(connection: AgentConnection, session: ProjectSession, history: FileHistory) {
    this.#connection = connection;
    this.#session = session;
    this.#history = history;
  }

  /** Of what was chosen in the Explorer or is open in an editor; also of a file of a snapshot. */
  async show(argument: unknown, selected: unknown): Promise<void> {
    const { project, location } = await this.#session.require();
    const uri = argument instanceof vscode.Uri ? argument : activeUri();
    const path = uri && pathOf(uri, location, project.projectId);
    await this.#show(path ?? pathArguments(location, argument, selected)[0] ?? "");
  }

  /** Keeps to the path at hand, or follows the editors again. */
  async setPinned(pinned: boolean): Promise<void> {
    await this.#session.require();
    await this.#history.setPinned(pinned);
  }

  /** Below the folder that was chosen in the Explorer, or anywhere. */
  async findDeleted(argument: unknown): Promise<void> {
    const { project, location } = await this.#session.require();
    const below = argument instanceof vscode.Uri ? pathOf(argument, location, project.projectId) : null;
    await this.#show(await findDeleted(this.#connection, project.projectId, below));
  }

  async #show(path: string): Promise<void> {
    await this.#history.show(path);
    await vscode.commands.executeCommand("forkpoint.fileHistory.focus");
  }
}
