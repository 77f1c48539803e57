import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { ProjectSession } from "../project/projectSession.ts";
import { escapeMarkdown } from "../timeline/entryText.ts";
import type { HealthMonitor } from "./healthMonitor.ts";
import { type StatusLook, statusLook, statusTooltip } from "./healthText.ts";
import type { Tone } from "./tones.ts";

const backgrounds = {
  good: undefined,
  quiet: undefined,
  warning: new vscode.ThemeColor("statusBarItem.warningBackground"),
  error: new vscode.ThemeColor("statusBarItem.errorBackground"),
} as const satisfies Record<Tone, vscode.ThemeColor | undefined>;

/** The one item in the status bar: how safe the workspace is, and what to do about it. */
export class StatusBar implements vscode.Disposable {
  readonly #session: ProjectSession;
  readonly #health: HealthMonitor;
  readonly #item: vscode.StatusBarItem;
  readonly #disposables: readonly { dispose(): unknown }[];

  constructor(session: ProjectSession, health: HealthMonitor) {
    this.#session = session;
    this.#health = health;
    this.#item = vscode.window.createStatusBarItem("forkpoint.health", vscode.StatusBarAlignment.Left, 10);
    this.#item.name = "Forkpoint";
    this.#item.command = "forkpoint.showHealth";
    this.#disposables = [
      this.#item,
      session.onDidChange(() => this.#draw()),
      health.onDidChange(() => this.#draw()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("forkpoint.showStatusBar")) this.#draw();
      }),
    ];
    this.#draw();
  }

  /** What it shows, or would show if it were not hidden. */
  get look(): StatusLook {
    return statusLook(this.#session.state, this.#health.current, Date.now());
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #draw(): void {
    const { state } = this.#session;
    const shown = vscode.workspace.getConfiguration("forkpoint").get<boolean>("showStatusBar") ?? true;
    if (!shown || state.kind === "no-folder") {
      this.#item.hide();
      return;
    }
    const { look } = this;
    const title = state.kind === "ready" ? state.project.slug : "Forkpoint";
    this.#item.text = `$(${look.icon}) ${title}${backgrounds[look.tone] === undefined && state.kind === "ready" ? "" : `: ${look.word}`}`;
    const tooltip = new vscode.MarkdownString(statusTooltip(look, escapeMarkdown(look.message)), true);
    tooltip.isTrusted = { enabledCommands: [...look.commands] };
    this.#item.tooltip = tooltip;
    this.#item.backgroundColor = backgrounds[look.tone];
    this.#item.accessibilityInformation = {
      label: l10n.t("Forkpoint, {title}: {word}. {message}", {
        title,
        word: look.word,
        message: look.message,
      }),
    };
    this.#item.show();
  }
}
