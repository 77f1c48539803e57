import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Check } from "../../agent/protocol/health.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { checkKind, checkRank } from "./checkKind.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { plural } from "../wording/counts.ts";

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
    const { checks } = await longOperation(l10n.t("Checking everything Forkpoint needs"), () =>
      this.#connection.call("agent/doctor", {}),
    );
    this.#show(checks);
    return checks;
  }

  #show(checks: readonly Check[]): void {
    const wrong = checks.filter(({ ok }) => !ok).length;
    const ordered = [...checks].sort((a, b) => checkRank(a) - checkRank(b));
    const more: vscode.QuickPickItem = { label: `$(question) ${l10n.t("Common problems…")}` };
    // Not awaited: the list is for reading, and the command is done when it shows.
    void vscode.window
      .showQuickPick(
        [...ordered.map(itemOf), { label: "", kind: vscode.QuickPickItemKind.Separator }, more],
        {
          title:
            wrong === 0
              ? l10n.t("All is well")
              : plural(wrong, "{count} thing needs attention", "{count} things need attention"),
          placeHolder: l10n.t("What was checked"),
        },
      )
      .then((chosen) => {
        if (chosen === more) void vscode.commands.executeCommand("forkpoint.showProblems");
      });
  }
}

const icons = { wrong: "error", advice: "lightbulb", ok: "pass" } as const;

function itemOf(check: Check): vscode.QuickPickItem {
  const { name, message, remedy } = check;
  return {
    label: `$(${icons[checkKind(check)]}) ${name}`,
    description: message,
    ...(remedy && { detail: remedy }),
  };
}
