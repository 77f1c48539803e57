import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { ForkpointError } from "../../agent/protocol/errors.ts";
import type { VolumeLocation } from "../project/volumeLocation.ts";

export interface UnsavedEditor {
  readonly uri: vscode.Uri;
  /** Relative to the volume's root. */
  readonly path: string;
}

/**
 * Editors of files in the volume whose changes are not on disk, of whatever kind: text, notebooks and
 * custom editors.
 * @param among only those at or below these paths; absent means all
 */
export function unsavedEditors(location: VolumeLocation, among?: readonly string[]): UnsavedEditor[] {
  const found = new Map<string, UnsavedEditor>();
  for (const uri of unsavedUris()) {
    const path = uri.scheme === "file" ? location.inside(uri.fsPath) : null;
    if (path === null || (among && !among.some((root) => isAtOrBelow(path, root)))) continue;
    found.set(uri.toString(), { uri, path });
  }
  return [...found.values()].sort((a, b) => a.path.localeCompare(b.path));
}

/**
 * Saves them all.
 * @throws ForkpointError naming the first that could not be saved
 */
export async function saveAll(editors: readonly UnsavedEditor[]): Promise<void> {
  for (const { uri, path } of editors) {
    if (!(await vscode.workspace.save(uri))) {
      throw new ForkpointError(
        "INTERNAL",
        l10n.t("{path} could not be saved, so nothing was restored.", { path }),
        {
          hint: l10n.t("Save or close it, then restore again."),
        },
      );
    }
  }
}

function isAtOrBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}

function unsavedUris(): vscode.Uri[] {
  const documents = [...vscode.workspace.textDocuments, ...vscode.workspace.notebookDocuments]
    .filter(({ isDirty }) => isDirty)
    .map(({ uri }) => uri);
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ isDirty }) => isDirty)
    .flatMap(({ input }) =>
      input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputNotebook ? [input.uri] : [],
    );
  return [...documents, ...tabs];
}
