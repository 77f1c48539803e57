import * as vscode from "vscode";
import { changeWords, summaryText } from "../wording/changes.ts";
import { count } from "../wording/counts.ts";
import { formatBytes } from "../wording/sizes.ts";
import { changeBadgeUri } from "./changeBadges.ts";
import { type ChangeNode, changeTree } from "./changeTree.ts";
import { type Comparison, comparisonTitle } from "./comparison.ts";

/** The context key under which the Changes view shows itself. */
const comparingKey = "forkpoint.comparing";
/** Up to this many changes, folders stand open. */
const openUpTo = 200;

/** The Changes view: one comparison at a time, as folders. */
export class ChangesTree implements vscode.TreeDataProvider<ChangeNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<ChangeNode>;
  #comparison: Comparison | undefined;
  #roots: readonly ChangeNode[] = [];
  #parents = new Map<ChangeNode, ChangeNode>();

  constructor() {
    this.#view = vscode.window.createTreeView("forkpoint.changes", {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
  }

  get comparison(): Comparison | undefined {
    return this.#comparison;
  }

  /** The rows at the top, in the order shown. */
  get roots(): readonly ChangeNode[] {
    return this.#roots;
  }

  /**
   * Shows a comparison in place of the one before.
   * @param focus whether the keyboard's focus moves there too
   */
  async show(comparison: Comparison, { focus }: { focus: boolean }): Promise<void> {
    this.#comparison = comparison;
    this.#roots = changeTree(comparison.changes, quietFolders());
    this.#parents = new Map();
    for (const root of this.#roots) this.#rememberParents(root);
    this.#view.description = comparisonTitle(comparison);
    this.#view.message = describe(comparison);
    await vscode.commands.executeCommand("setContext", comparingKey, true);
    this.#changed.fire(undefined);
    const [first] = this.#roots;
    if (focus) await vscode.commands.executeCommand("forkpoint.changes.focus");
    else if (first) await this.#view.reveal(first, { select: false, focus: false });
  }

  async close(): Promise<void> {
    this.#comparison = undefined;
    this.#roots = [];
    this.#changed.fire(undefined);
    await vscode.commands.executeCommand("setContext", comparingKey, false);
  }

  getChildren(parent?: ChangeNode): ChangeNode[] {
    if (!parent) return [...this.#roots];
    return parent.kind === "folder" ? [...parent.children] : [];
  }

  getParent(node: ChangeNode): ChangeNode | undefined {
    return this.#parents.get(node);
  }

  getTreeItem(node: ChangeNode): vscode.TreeItem {
    const item = new vscode.TreeItem(node.name, this.#collapsible(node));
    item.id = node.path;
    if (node.kind === "folder") {
      item.iconPath = vscode.ThemeIcon.Folder;
      item.description = count(node.amount, "change");
      item.contextValue = "folder";
      item.accessibilityInformation = {
        label: `${node.name}, ${count(node.amount, "change")}`,
        role: "treeitem",
      };
      return item;
    }
    const { change } = node;
    const { word } = changeWords[change.kind];
    const size = change.size === null ? "" : formatBytes(change.size);
    item.iconPath = change.type === "directory" ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
    item.resourceUri = changeBadgeUri(change);
    item.description = change.from === undefined ? size : `from ${change.from}`;
    item.tooltip = [change.path, word, size].filter(Boolean).join(" · ");
    item.contextValue = `change ${change.kind} ${change.type}`;
    item.accessibilityInformation = { label: `${node.name}, ${word}`, role: "treeitem" };
    item.command = { command: "forkpoint.openChange", title: "Open change", arguments: [node] };
    return item;
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
  }

  #collapsible(node: ChangeNode): vscode.TreeItemCollapsibleState {
    if (node.kind === "change") return vscode.TreeItemCollapsibleState.None;
    const few = (this.#comparison?.changes.length ?? 0) <= openUpTo;
    return few && !node.quiet
      ? vscode.TreeItemCollapsibleState.Expanded
      : vscode.TreeItemCollapsibleState.Collapsed;
  }

  #rememberParents(node: ChangeNode): void {
    if (node.kind !== "folder") return;
    for (const child of node.children) {
      this.#parents.set(child, node);
      this.#rememberParents(child);
    }
  }
}

/** Names of folders whose changes stay folded up and out of "Open All Changes". */
export function quietFolders(): readonly string[] {
  return vscode.workspace.getConfiguration("forkpoint").get<string[]>("quietFolders") ?? [];
}

function describe({ changes, summary, truncated }: Comparison): string {
  const text = summaryText(summary);
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  return truncated ? `${sentence} The first ${changes.length.toLocaleString("en")} are shown.` : sentence;
}
