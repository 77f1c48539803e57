import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { longOperation } from "../feedback/longOperation.ts";
import { NextStep } from "../feedback/nextStep.ts";
import { confirmDangerous } from "../feedback/confirm.ts";
import type { AgentConnection } from "./agentConnection.ts";
import { platformSupported } from "./platform.ts";

/** Starts and ends the background process. */
export class AgentCommands {
  readonly #connection: AgentConnection;

  constructor(connection: AgentConnection) {
    this.#connection = connection;
  }

  async start(): Promise<void> {
    requireLinux();
    await longOperation(l10n.t("Starting the agent"), () => this.#connection.start());
    vscode.window.setStatusBarMessage(`$(check) ${l10n.t("The Forkpoint agent runs")}`, 4000);
  }

  async restart(): Promise<void> {
    requireLinux();
    await longOperation(l10n.t("Restarting the agent"), () => this.#connection.restart());
    vscode.window.setStatusBarMessage(`$(check) ${l10n.t("Restarted the Forkpoint agent")}`, 4000);
  }

  async stop(): Promise<void> {
    requireLinux();
    if (this.#connection.state.kind !== "connected")
      throw new NextStep(l10n.t("The agent does not run."), "forkpoint.startAgent");
    await confirmDangerous({
      title: l10n.t("Stop the Forkpoint agent?"),
      keep: l10n.t("Keep it running"),
      act: l10n.t("Stop the agent"),
      consequence: l10n.t(
        "No window gets snapshots or safe copies until it is started again. Nothing is lost.",
      ),
    });
    await this.#connection.stop();
  }
}

function requireLinux(): void {
  if (platformSupported(process.platform)) return;
  throw new NextStep(
    l10n.t("Forkpoint works on Linux. Open the folder on a Linux side first."),
    "forkpoint.showLinuxHelp",
  );
}
