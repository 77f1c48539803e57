import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Check } from "../../agent/protocol/health.ts";
import { type CommandId, commandTitles } from "../commands/commandTitles.ts";
import { reportError } from "../feedback/reportError.ts";
import { statusLook } from "../health/healthText.ts";
import { storeText } from "../store/storeText.ts";
import { Throttle } from "../timeline/throttle.ts";
import type { Window } from "../window.ts";
import {
  type HealthPageCommand,
  HealthRequest,
  type HealthState,
  healthPageCommands,
} from "./healthMessages.ts";
import { webviewPage } from "./webviewPage.ts";

const drawMs = 500;
const logLines = 60;

/** How the project, the pools, the store and the agent are, on one page. */
export class HealthPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #window: Window;
  readonly #throttle: Throttle;
  readonly #disposables: readonly { dispose(): unknown }[];
  #checks: readonly Check[] | null = null;

  constructor(panel: vscode.WebviewPanel, extensionUri: vscode.Uri, window: Window) {
    this.#panel = panel;
    this.#window = window;
    this.#throttle = new Throttle(drawMs, () => this.#draw());
    const draw = () => this.#throttle.run();
    this.#disposables = [
      this.#throttle,
      panel.webview.onDidReceiveMessage((message: unknown) => void this.#answer(message)),
      window.session.onDidChange(draw),
      window.health.onDidChange(draw),
      window.connection.onDidHear(({ name }) => {
        if (name === "changed/machine") draw();
      }),
    ];
    panel.webview.html = webviewPage(panel.webview, extensionUri, "health", l10n.t("Forkpoint health"));
  }

  reveal(): void {
    this.#panel.reveal();
    this.#throttle.run();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #answer(message: unknown): Promise<void> {
    const request = HealthRequest.safeParse(message);
    if (!request.success) {
      this.#window.log.warn("The health page sent a message of no known form.", request.error.message);
      return;
    }
    try {
      const { data } = request;
      if (data.type === "run") await vscode.commands.executeCommand(data.command);
      else {
        this.#throttle.run();
        await this.#check();
      }
    } catch (thrown) {
      reportError(thrown, this.#window.log);
    }
  }

  async #check(): Promise<void> {
    if (!this.#connected()) return;
    const { checks } = await this.#window.connection.call("agent/doctor", {});
    this.#checks = checks;
    this.#throttle.run();
  }

  #connected(): boolean {
    return this.#window.connection.state.kind === "connected";
  }

  async #draw(): Promise<void> {
    if (!this.#panel.visible) return;
    try {
      void this.#panel.webview.postMessage(await this.#state());
    } catch (thrown) {
      if (this.#connected()) reportError(thrown, this.#window.log);
    }
  }

  async #state(): Promise<HealthState> {
    const { session, connection, health } = this.#window;
    const { project } = session;
    const answered = this.#connected()
      ? await Promise.all([
          connection.call("project/status", project ? { project: project.projectId } : {}),
          connection.call("agent/logs", { lines: logLines }),
        ])
      : null;
    const [status, log] = answered ?? [null, null];
    const look = statusLook(session.state, status?.health ?? health.current, Date.now());
    return {
      type: "health",
      tone: look.tone,
      word: look.word,
      message: look.message,
      buttons: look.commands
        .filter(isHealthCommand)
        .map((command) => ({ command, title: commandTitles[command] })),
      project: project ? { slug: project.slug, path: project.path } : null,
      machine: status && {
        health: status.health,
        pools: status.pools,
        store: status.store && { store: status.store, text: storeText(status.store) },
        agent: status.agent,
      },
      checks: status && this.#checks && [...this.#checks],
      log,
    };
  }
}

function isHealthCommand(command: CommandId): command is HealthPageCommand {
  return healthPageCommands.some((known) => known === command);
}
