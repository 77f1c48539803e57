import * as vscode from "vscode";
import { snapshotScheme } from "./snapshotUri.ts";

/** The files of snapshots that this window has open, on either side of a comparison too, each once. */
export function openSnapshotUris(): vscode.Uri[] {
  const inTabs = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => urisOf(input));
  // Comparisons of many files are tabs that name none of them.
  const inDocuments = vscode.workspace.textDocuments.map(({ uri }) => uri);
  const all = [...inTabs, ...inDocuments].filter(({ scheme }) => scheme === snapshotScheme);
  return [...new Map(all.map((uri) => [uri.toString(), uri])).values()];
}

function urisOf(input: unknown): vscode.Uri[] {
  if (
    input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputCustom ||
    input instanceof vscode.TabInputNotebook
  )
    return [input.uri];
  if (input instanceof vscode.TabInputTextDiff || input instanceof vscode.TabInputNotebookDiff)
    return [input.original, input.modified];
  return [];
}
