import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { NextStep } from "../feedback/nextStep.ts";
import type { ProjectSession } from "../project/projectSession.ts";

/** Finds the newest snapshot on which tests passed, and offers what can be done with it. */
export class LastGreen {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;

  constructor(connection: AgentConnection, session: ProjectSession) {
    this.#connection = connection;
    this.#session = session;
  }

  /** @throws NextStep when no tests were seen to pass */
  async show(): Promise<Entry> {
    const { project } = await this.#session.require();
    const { entries } = await this.#connection.call("timeline/list", {
      project: project.projectId,
      limit: 1,
      filter: { tests: "passed" },
    });
    const [entry] = entries;
    if (!entry) {
      throw new NextStep(
        l10n.t(
          "No tests were seen to pass yet. Forkpoint sees those that run as a task, or as a command in a terminal whose shell integration is on.",
        ),
      );
    }
    void vscode.commands.executeCommand("forkpoint.showEntryActions", { snapshotId: entry.snapshotId });
    return entry;
  }
}
