import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { DependencyChanges, LockfileChange, PackageMove } from "../../agent/protocol/dependencies.ts";
import { dependencyFolderOf } from "../../agent/protocol/dependencyNames.ts";
import { plural } from "../wording/counts.ts";

export interface LockfileNode {
  readonly kind: "lockfile";
  readonly lockfile: LockfileChange;
  readonly children: readonly MoveNode[];
}
export interface MoveNode {
  readonly kind: "package";
  /** Of the lockfile. */
  readonly path: string;
  readonly move: PackageMove;
}
export type PackageNode = LockfileNode | MoveNode;

/** A row for each lockfile that says something about packages, or that could not be read. */
export function packageTree(dependencies: DependencyChanges | undefined): LockfileNode[] {
  return (dependencies?.lockfiles ?? [])
    .filter(({ problem, packages }) => problem !== null || packages.length > 0)
    .map((lockfile) => {
      const { path } = lockfile;
      const children = lockfile.packages.map((move) => ({ kind: "package" as const, path, move }));
      return { kind: "lockfile", lockfile, children };
    });
}

/** How many packages the lockfiles beside a folder say have changed; 0 for a folder of no dependencies. */
export function packagesIn(folder: string, dependencies: DependencyChanges | undefined): number {
  if (dependencyFolderOf(folder, true) !== folder) return 0;
  return (dependencies?.lockfiles ?? [])
    .filter(({ path }) => parentOf(path) === parentOf(folder))
    .reduce((sum, lockfile) => sum + total(lockfile), 0);
}

export function packageItem(node: PackageNode): vscode.TreeItem {
  return node.kind === "lockfile" ? lockfileItem(node) : moveItem(node);
}

function lockfileItem({ lockfile, children }: LockfileNode): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const { path, tool, problem } = lockfile;
  const item = new vscode.TreeItem(l10n.t("Packages"), children.length > 0 ? Collapsed : None);
  item.id = `packages ${path}`;
  item.contextValue = "lockfile";
  item.iconPath = new vscode.ThemeIcon(problem === null ? "package" : "warning");
  const amount = plural(total(lockfile), "{count} package changed", "{count} packages changed");
  const said = problem === null ? amount : l10n.t("could not be read");
  item.description = `${path} · ${said}`;
  const left = total(lockfile) - children.length;
  const more = left > 0 ? [l10n.t("{count} more than are shown", { count: left })] : [];
  item.tooltip = `${path} · ${problem ?? `${tool} · ${[amount, ...more].join("; ")}`}`;
  const spoken = l10n.t("Packages of {path}", { path });
  item.accessibilityInformation = { label: problem ?? `${spoken}, ${amount}`, role: "treeitem" };
  return item;
}

function moveItem({ path, move }: MoveNode): vscode.TreeItem {
  const item = new vscode.TreeItem(move.name);
  const words = moveWords(move);
  item.id = `package ${path} ${move.name}`;
  item.contextValue = "package";
  item.description = words;
  item.tooltip = `${move.name} · ${words}`;
  item.accessibilityInformation = { label: `${move.name}, ${words}`, role: "treeitem" };
  return item;
}

/** "18.3.1 → 19.0.0" */
export function moveWords({ before, after }: PackageMove): string {
  if (before.length === 0) return l10n.t("{versions}, added", { versions: after.join(", ") });
  if (after.length === 0) return l10n.t("{versions}, removed", { versions: before.join(", ") });
  return `${before.join(", ")} → ${after.join(", ")}`;
}

function total({ added, moved, removed }: LockfileChange): number {
  return added + moved + removed;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
