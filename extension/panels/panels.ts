import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Window } from "../window.ts";
import type { HealthPanel } from "./healthPanel.ts";
import type { TimelinePanel } from "./timelinePanel.ts";

const viewTypes = { timeline: "forkpoint.timeline", health: "forkpoint.health" } as const;

/** Opens the panels, one of each; their code is read when the first is wanted. */
export class Panels implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #window: Window;
  readonly #serializers: vscode.Disposable[];
  #timeline: TimelinePanel | undefined;
  #health: HealthPanel | undefined;

  constructor(extensionUri: vscode.Uri, window: Window) {
    this.#extensionUri = extensionUri;
    this.#window = window;
    const revive = (show: (panel: vscode.WebviewPanel) => Promise<void>) => ({
      deserializeWebviewPanel: show,
    });
    this.#serializers = [
      vscode.window.registerWebviewPanelSerializer(
        viewTypes.timeline,
        revive((panel) => this.showTimeline(panel)),
      ),
      vscode.window.registerWebviewPanelSerializer(
        viewTypes.health,
        revive((panel) => this.showHealth(panel)),
      ),
    ];
  }

  /** @param revived a panel that was open when the window was last closed */
  async showTimeline(revived?: vscode.WebviewPanel): Promise<void> {
    const { TimelinePanel } = await import("./timelinePanel.ts");
    if (!revived && this.#timeline) {
      this.#timeline.reveal();
      return;
    }
    const panel = revived ?? this.#create(viewTypes.timeline, l10n.t("Timeline"));
    const shown = new TimelinePanel(this.#prepare(panel, "timeline"), this.#extensionUri, this.#window);
    this.#timeline = shown;
    panel.onDidDispose(() => {
      shown.dispose();
      if (this.#timeline === shown) this.#timeline = undefined;
    });
  }

  /** @param revived a panel that was open when the window was last closed */
  async showHealth(revived?: vscode.WebviewPanel): Promise<void> {
    const { HealthPanel } = await import("./healthPanel.ts");
    if (!revived && this.#health) {
      this.#health.reveal();
      return;
    }
    const panel = revived ?? this.#create(viewTypes.health, l10n.t("Forkpoint health"));
    const shown = new HealthPanel(this.#prepare(panel, "health"), this.#extensionUri, this.#window);
    this.#health = shown;
    panel.onDidDispose(() => {
      shown.dispose();
      if (this.#health === shown) this.#health = undefined;
    });
  }

  dispose(): void {
    for (const serializer of this.#serializers) serializer.dispose();
    this.#timeline?.dispose();
    this.#health?.dispose();
  }

  #create(viewType: string, title: string): vscode.WebviewPanel {
    return vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(this.#extensionUri, "dist", "webview")],
    });
  }

  #prepare(panel: vscode.WebviewPanel, icon: string): vscode.WebviewPanel {
    const file = (theme: string) => vscode.Uri.joinPath(this.#extensionUri, "media", `${icon}-${theme}.svg`);
    panel.iconPath = { light: file("light"), dark: file("dark") };
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(this.#extensionUri, "dist", "webview")],
    };
    return panel;
  }
}
