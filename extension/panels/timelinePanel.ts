import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { type CommandId, commandTitles } from "../commands/commandTitles.ts";
import { reportError } from "../feedback/reportError.ts";
import { statusLook } from "../health/healthText.ts";
import { Throttle } from "../timeline/throttle.ts";
import type { Window } from "../window.ts";
import {
  type TimelineCommand,
  TimelineRequest,
  type TimelineState,
  timelineCommands,
} from "./timelineMessages.ts";
import { webviewPage } from "./webviewPage.ts";

const drawMs = 100;

/** The timeline as a graph. Keeps nothing while hidden: the page asks again when it comes back. */
export class TimelinePanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #window: Window;
  readonly #throttle: Throttle;
  readonly #disposables: readonly { dispose(): unknown }[];

  constructor(panel: vscode.WebviewPanel, extensionUri: vscode.Uri, window: Window) {
    this.#panel = panel;
    this.#window = window;
    this.#throttle = new Throttle(drawMs, () => this.#draw());
    const draw = () => this.#throttle.run();
    this.#disposables = [
      this.#throttle,
      panel.webview.onDidReceiveMessage((message: unknown) => void this.#answer(message)),
      window.search.onDidChange(draw),
      window.projects.onDidChange(draw),
      window.session.onDidChange(draw),
    ];
    panel.webview.html = webviewPage(panel.webview, extensionUri, "timeline", l10n.t("Forkpoint timeline"));
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #answer(message: unknown): Promise<void> {
    const request = TimelineRequest.safeParse(message);
    if (!request.success) {
      this.#window.log.warn("The timeline panel sent a message of no known form.", request.error.message);
      return;
    }
    try {
      const { data } = request;
      if (data.type === "ready") this.#throttle.run();
      else if (data.type === "more") await this.#window.search.loadMore();
      else if (data.type === "search") await this.#window.search.show(data.query);
      else await vscode.commands.executeCommand(data.command, target(data));
    } catch (thrown) {
      reportError(thrown, this.#window.log);
    }
  }

  #draw(): void {
    if (!this.#panel.visible) return;
    void this.#panel.webview.postMessage(this.#state());
  }

  #state(): TimelineState {
    const { session, timeline, search, projects, health } = this.#window;
    const { project, state } = session;
    const look = statusLook(state, health.current, Date.now());
    this.#panel.title = project
      ? l10n.t("{project}: timeline", { project: project.slug })
      : l10n.t("Timeline");
    return {
      type: "timeline",
      slug: project && timeline.loaded ? project.slug : null,
      message: project ? l10n.t("Reading the timeline…") : look.message,
      next: project
        ? []
        : look.commands
            .filter(isTimelineCommand)
            .map((command) => ({ command, title: commandTitles[command] })),
      entries: [...search.entries],
      search:
        search.query === ""
          ? null
          : {
              query: search.query,
              matches: search.found?.matches ?? null,
              problem: search.found?.problem ?? null,
            },
      more: search.more,
      forks: projects.all.flatMap(({ projectId, slug, createdAt, forkedFrom }) =>
        forkedFrom && forkedFrom.projectId === project?.projectId
          ? [{ projectId, slug, createdAt, snapshotId: forkedFrom.snapshotId }]
          : [],
      ),
      origin: project?.forkedFrom
        ? {
            projectId: project.forkedFrom.projectId,
            slug: project.forkedFrom.slug ?? l10n.t("a project that is not here"),
          }
        : null,
    };
  }
}

function isTimelineCommand(command: CommandId): command is TimelineCommand {
  return timelineCommands.some((known) => known === command);
}

function target({
  snapshotId,
  projectId,
}: {
  snapshotId?: string | undefined;
  projectId?: string | undefined;
}) {
  if (snapshotId !== undefined) return { snapshotId };
  return projectId === undefined ? undefined : { projectId };
}
