import { userInfo } from "node:os";
import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { runWithOwnNode, setupCommand } from "../../agent/protocol/setupCommand.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { Dismissed, NextStep } from "../feedback/nextStep.ts";
import { offer } from "../feedback/reportError.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { helperDetail, helperQuestion } from "./helperWords.ts";
import { runInTerminal } from "./runInTerminal.ts";

const setUp = l10n.t("Set Up in Terminal");
const readMore = l10n.t("Read More");

/** Leads a person who is not root to the helper: says what it is, and runs its set-up where they see it. */
export class HelperSetup {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #extension: vscode.Uri;

  constructor(connection: AgentConnection, session: ProjectSession, extension: vscode.Uri) {
    this.#connection = connection;
    this.#session = session;
    this.#extension = extension;
  }

  async setUp(): Promise<void> {
    await this.#session.requireAgent();
    const { agent } = await this.#connection.call("project/status", {});
    if (agent.privileges === "root")
      throw new NextStep(l10n.t("The agent runs as root here and needs no helper."));
    const { username } = userInfo();
    const cli = vscode.Uri.joinPath(this.#extension, "dist", "cli.mjs").fsPath;
    const command = setupCommand(runWithOwnNode(cli), username);
    const detail = helperDetail(username, command);
    const question = { modal: true, detail };
    const chosen = await vscode.window.showInformationMessage(helperQuestion, question, setUp, readMore);
    if (chosen === readMore) {
      const page = vscode.Uri.joinPath(this.#extension, "media", "walkthrough", "helper.md");
      await vscode.commands.executeCommand("markdown.showPreview", page);
      return;
    }
    if (chosen !== setUp) throw new Dismissed();
    const status = await runInTerminal(l10n.t("Set Up Helper"), command);
    if (status !== 0) {
      throw new NextStep(
        l10n.t("The helper was not set up. The terminal says why."),
        "forkpoint.setUpHelper",
      );
    }
    await longOperation(l10n.t("Restarting the agent"), () => this.#connection.restart());
    await this.#session.reload();
    const next = this.#session.state.kind === "no-pool" ? (["forkpoint.createPool"] as const) : [];
    offer(vscode.window.showInformationMessage, l10n.t("Forkpoint works without root now."), next);
  }
}
