import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { ProjectSession } from "../project/projectSession.ts";
import { plural } from "../wording/counts.ts";
import { longDate, relativeTime } from "../wording/relativeTime.ts";
import { type LineageNode, lineage } from "./lineage.ts";
import type { Projects } from "./projects.ts";

const minuteMs = 60_000;

/** The Forks view: every project of this machine below the one it was forked from. */
export class ForksTree implements vscode.TreeDataProvider<LineageNode>, vscode.Disposable {
  readonly #projects: Projects;
  readonly #session: ProjectSession;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #disposables: readonly { dispose(): unknown }[];
  readonly #clock: NodeJS.Timeout;
  #drawn = "";

  constructor(projects: Projects, session: ProjectSession) {
    this.#projects = projects;
    this.#session = session;
    this.#disposables = [
      this.#changed,
      projects.onDidChange(() => this.#update()),
      session.onDidChange(() => this.#update()),
    ];
    // "5 min ago" grows old by itself.
    this.#clock = setInterval(() => this.#changed.fire(undefined), minuteMs);
  }

  getChildren(parent?: LineageNode): LineageNode[] {
    if (parent) return [...parent.children];
    return lineage(this.#projects.all, this.#session.project?.projectId);
  }

  getTreeItem({ project, children }: LineageNode): vscode.TreeItem {
    const current = project.projectId === this.#session.project?.projectId;
    const item = new vscode.TreeItem(
      project.slug,
      children.length > 0 ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
    );
    const origin = project.forkedFrom
      ? l10n.t("forked {when}", { when: relativeTime(project.createdAt, Date.now()) })
      : "";
    // A row that gets its first fork counts as another one: it then stands open like any row with forks.
    item.id = `${project.projectId}${children.length > 0 ? " with forks" : ""}`;
    item.description = [current ? l10n.t("this window") : "", origin].filter(Boolean).join(" · ");
    item.iconPath = new vscode.ThemeIcon(
      project.forkedFrom ? "repo-forked" : "folder-library",
      current ? new vscode.ThemeColor("charts.blue") : undefined,
    );
    const forks = plural(children.length, "{count} fork", "{count} forks");
    item.tooltip = [
      project.path,
      project.forkedFrom
        ? l10n.t("Forked {when}", { when: longDate(project.createdAt) })
        : l10n.t("Made {when}", { when: longDate(project.createdAt) }),
      children.length > 0 ? forks : "",
    ]
      .filter(Boolean)
      .join("\n");
    item.contextValue = `project ${current ? "current" : "other"} ${project.forkedFrom ? "fork" : "root"}`;
    const spoken = [
      project.slug,
      current ? l10n.t("open in this window") : "",
      origin,
      children.length > 0 ? forks : "",
    ];
    item.accessibilityInformation = { label: spoken.filter(Boolean).join(", "), role: "treeitem" };
    return item;
  }

  dispose(): void {
    clearInterval(this.#clock);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #update(): void {
    const drawn = JSON.stringify([this.#projects.all, this.#session.project?.projectId]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#changed.fire(undefined);
  }
}
