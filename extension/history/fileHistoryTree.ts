import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { PathVersion } from "../../agent/protocol/pathHistory.ts";
import type { FileHistory } from "./fileHistory.ts";
import { versionContext, versionDescription, versionIcon, versionSpoken, versionTitle, versionTooltip } from "./versionText.ts"; // prettier-ignore

const minuteMs = 60_000;

/** A row of the File History view: a version of a path, or what loads more of them. */
export interface VersionRow {
  readonly path: string;
  /** Null for the row that loads more. */
  readonly version: PathVersion | null;
}

/** The File History view. */
export class FileHistoryTree implements vscode.TreeDataProvider<VersionRow>, vscode.Disposable {
  readonly #history: FileHistory;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<VersionRow>;
  readonly #disposables: readonly { dispose(): unknown }[];
  readonly #clock: NodeJS.Timeout;

  constructor(history: FileHistory) {
    this.#history = history;
    this.#view = vscode.window.createTreeView("forkpoint.fileHistory", { treeDataProvider: this });
    this.#disposables = [
      this.#view,
      this.#changed,
      history.onDidChange(() => this.#update()),
      this.#view.onDidChangeVisibility(({ visible }) => void (history.watched = visible)),
    ];
    history.watched = this.#view.visible;
    this.#clock = setInterval(() => this.#changed.fire(undefined), minuteMs);
  }

  /** The row that is selected. */
  get selected(): VersionRow | undefined {
    return this.#view.selection[0];
  }

  getChildren(parent?: VersionRow): VersionRow[] {
    const { path, versions, more } = this.#history;
    if (parent || path === null) return [];
    const rows: VersionRow[] = versions.map((version) => ({ path, version }));
    return more ? [...rows, { path, version: null }] : rows;
  }

  getParent(): undefined {
    return undefined;
  }

  getTreeItem(row: VersionRow): vscode.TreeItem {
    const { path, version } = row;
    if (!version) {
      const item = new vscode.TreeItem(l10n.t("Load more"));
      item.id = `${path}:more`;
      item.iconPath = new vscode.ThemeIcon("ellipsis");
      item.command = { command: "forkpoint.loadMoreVersions", title: "Load more" };
      return item;
    }
    const now = Date.now();
    const item = new vscode.TreeItem(versionTitle(version));
    item.id = `${path}:${version.first?.snapshotId ?? "now"}`;
    item.description = versionDescription(version, now);
    item.iconPath = new vscode.ThemeIcon(
      versionIcon(version),
      version.now ? new vscode.ThemeColor("charts.blue") : undefined,
    );
    item.tooltip = new vscode.MarkdownString(versionTooltip(version));
    item.contextValue = versionContext(version);
    item.accessibilityInformation = { label: versionSpoken(version, now), role: "treeitem" };
    item.command = { command: "forkpoint.openVersion", title: "Open version", arguments: [row] };
    return item;
  }

  dispose(): void {
    clearInterval(this.#clock);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #update(): void {
    const { path, pinned, problem, versions, loaded } = this.#history;
    this.#view.description = path === null ? "" : pinned ? l10n.t("{path} (kept)", { path }) : path;
    const isMissing = loaded && versions.length === 0 && path !== null;
    this.#view.message = problem ?? (isMissing ? l10n.t("No snapshot holds {path} yet.", { path }) : "");
    this.#changed.fire(undefined);
  }
}
