import * as vscode from "vscode";
import type { Check } from "../../agent/protocol/entities.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { longOperation } from "../feedback/longOperation.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { count } from "../wording/counts.ts";

/** Checks everything Forkpoint leans on and shows what is wrong first. */
export class Doctor {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;

  constructor(connection: AgentConnection, session: ProjectSession) {
    this.#connection = connection;
    this.#session = session;
  }

  async run(): Promise<readonly Check[]> {
    await this.#session.requireAgent();
    const { checks } = await longOperation("Checking everything Forkpoint needs", () =>
      this.#connection.call("agent/doctor", {}),
    );
    const wrong = checks.filter(({ ok }) => !ok);
    const ordered = [...wrong, ...checks.filter(({ ok }) => ok)];
    // Not awaited: the list is for reading, and the command is done when it shows.
    void vscode.window.showQuickPick(
      ordered.map(({ name, ok, message, remedy }) => ({
        label: `$(${ok ? "pass" : "error"}) ${name}`,
        description: message,
        ...(remedy && { detail: remedy }),
      })),
      {
        title:
          wrong.length === 0
            ? "All is well"
            : `${count(wrong.length, "thing needs", "things need")} attention`,
        placeHolder: "What was checked",
      },
    );
    return checks;
  }
}
