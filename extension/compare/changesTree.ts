import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import { entryTitle } from "../wording/causes.ts";
import { changeWords, modeText, summaryText } from "../wording/changes.ts";
import { formatCount, plural } from "../wording/counts.ts";
import { formatBytes } from "../wording/sizes.ts";
import { changeBadgeUri } from "./changeBadges.ts";
import { type ChangeNode, changeTree, type FolderNode } from "./changeTree.ts";
import { type Comparison, comparisonTitle, isEntry } from "./comparison.ts";
import { type PackageNode, packageItem, packagesIn, packageTree } from "./packageRows.ts";

/** The context key under which the Changes view shows itself. */
const comparingKey = "forkpoint.comparing";
/** Set while folders that tools write are shown like all others. */
const unfoldedKey = "forkpoint.changesUnfolded";
/** Up to this many changes, folders stand open. */
const openUpTo = 200;

type Row = ChangeNode | PackageNode;

/** The Changes view: one comparison at a time, the packages that differ and then the paths as folders. */
export class ChangesTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #shown = new vscode.EventEmitter<void>();
  readonly onDidShow = this.#shown.event;
  readonly #view: vscode.TreeView<Row>;
  #comparison: Comparison | undefined;
  #roots: readonly ChangeNode[] = [];
  #packages: readonly PackageNode[] = [];
  #parents = new Map<Row, Row>();
  #isFolded = true;
  /** Of the snapshots that are compared, those that are not there any more. */
  #gone: ReadonlySet<string> = new Set();

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

  /** The snapshots that are compared. */
  get snapshotIds(): readonly string[] {
    return entriesOf(this.#comparison).map(({ snapshotId }) => snapshotId);
  }

  /** Says which snapshots are not there any more, as far as they are compared. */
  setGone(gone: ReadonlySet<string>): void {
    this.#gone = new Set(gone);
    if (this.#comparison) this.#view.message = this.#describe(this.#comparison);
  }

  /** Whether what tools write is folded into a row for each of their folders. */
  get isFolded(): boolean {
    return this.#isFolded;
  }

  async setFolded(isFolded: boolean): Promise<void> {
    this.#isFolded = isFolded;
    await vscode.commands.executeCommand("setContext", unfoldedKey, !isFolded);
    if (this.#comparison) await this.show(this.#comparison, { focus: false });
  }

  /** The packages that differ, as rows above all others. */
  get packages(): readonly PackageNode[] {
    return this.#packages;
  }

  /** The rows of paths at the top, in the order shown. */
  get roots(): readonly ChangeNode[] {
    return this.#roots;
  }

  /**
   * Shows a comparison in place of the one before.
   * @param focus whether the keyboard's focus moves there too
   */
  async show(comparison: Comparison, { focus }: { focus: boolean }): Promise<void> {
    this.#comparison = comparison;
    this.#roots = changeTree(comparison.changes, this.#isFolded ? quietFolders() : []);
    this.#packages = packageTree(comparison.dependencies);
    this.#parents = new Map();
    for (const lockfile of this.#packages) this.#rememberParents(lockfile);
    for (const root of this.#roots) this.#rememberParents(root);
    this.#view.description = comparisonTitle(comparison);
    this.#view.message = this.#describe(comparison);
    this.#shown.fire();
    await vscode.commands.executeCommand("setContext", comparingKey, true);
    this.#changed.fire(undefined);
    const [first] = this.#roots;
    if (focus) await vscode.commands.executeCommand("forkpoint.changes.focus");
    else if (first) await this.#view.reveal(first, { select: false, focus: false });
  }

  async close(): Promise<void> {
    this.#comparison = undefined;
    this.#roots = [];
    this.#packages = [];
    this.#changed.fire(undefined);
    await vscode.commands.executeCommand("setContext", comparingKey, false);
  }

  getChildren(parent?: Row): Row[] {
    if (!parent) return [...this.#packages, ...this.#roots];
    return "children" in parent ? [...parent.children] : [];
  }

  getParent(node: Row): Row | undefined {
    return this.#parents.get(node);
  }

  getTreeItem(node: Row): vscode.TreeItem {
    if (node.kind === "lockfile" || node.kind === "package") return packageItem(node);
    const item = new vscode.TreeItem(node.name, this.#collapsible(node));
    // A row that is folded and one that is not are two: the editor remembers which of them stands open.
    item.id = this.#isFolded ? node.path : `unfolded ${node.path}`;
    if (node.kind === "folder") {
      const amount = node.quiet
        ? this.#foldedText(node)
        : plural(node.amount, "{count} change", "{count} changes");
      item.iconPath = node.quiet ? new vscode.ThemeIcon("fold") : vscode.ThemeIcon.Folder;
      item.description = amount;
      item.tooltip = `${node.path} · ${amount}`;
      item.contextValue = this.#kind("folder");
      item.accessibilityInformation = { label: `${node.name}, ${amount}`, role: "treeitem" };
      return item;
    }
    const { change } = node;
    const { word } = changeWords[change.kind];
    const size = change.size === null ? "" : formatBytes(change.size);
    item.iconPath = change.type === "directory" ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
    item.resourceUri = changeBadgeUri(change);
    const mode = change.modes ? modeText(change.modes) : "";
    const origin = change.from === undefined ? size : l10n.t("from {name}", { name: change.from });
    item.description = [origin, mode].filter(Boolean).join(" · ");
    // The editor adds what the badge means.
    item.tooltip = [change.path, size, mode].filter(Boolean).join(" · ");
    item.contextValue = this.#kind(`change ${change.kind} ${change.type}`);
    const label = [node.name, word, origin, mode].filter(Boolean).join(", ");
    item.accessibilityInformation = { label, role: "treeitem" };
    item.command = { command: "forkpoint.openChange", title: "Open change", arguments: [node] };
    return item;
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
    this.#shown.dispose();
  }

  #describe(comparison: Comparison): string {
    const gone = entriesOf(comparison).filter(({ snapshotId }) => this.#gone.has(snapshotId));
    const sentences = gone.map((entry) =>
      l10n.t("“{title}” was deleted; its files cannot be opened any more.", { title: entryTitle(entry) }),
    );
    return [describe(comparison), ...sentences].join(" ");
  }

  /** What is in no snapshot cannot be restored from one. */
  #kind(kind: string): string {
    return this.#comparison && !isEntry(this.#comparison.from) ? `elsewhere ${kind}` : kind;
  }

  #collapsible(node: ChangeNode): vscode.TreeItemCollapsibleState {
    if (node.kind === "change") return vscode.TreeItemCollapsibleState.None;
    const few = (this.#comparison?.changes.length ?? 0) <= openUpTo;
    return few && !node.quiet
      ? vscode.TreeItemCollapsibleState.Expanded
      : vscode.TreeItemCollapsibleState.Collapsed;
  }

  /** "412 files, 3 packages changed" */
  #foldedText(node: FolderNode): string {
    const packages = packagesIn(node.path, this.#comparison?.dependencies);
    const files = plural(node.files, "{count} file", "{count} files");
    return packages === 0
      ? files
      : `${files}, ${plural(packages, "{count} package changed", "{count} packages changed")}`;
  }

  #rememberParents(node: Row): void {
    if (!("children" in node)) return;
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

function entriesOf(comparison: Comparison | undefined): Entry[] {
  return [comparison?.from, comparison?.to]
    .filter((side) => side !== undefined && side !== null)
    .filter(isEntry);
}

function describe({ changes, summary, truncated }: Comparison): string {
  const text = summaryText(summary);
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  return truncated
    ? `${sentence} ${l10n.t("The first {count} are shown.", { count: formatCount(changes.length) })}`
    : sentence;
}
