import * as vscode from "vscode";
import { encodeVolumePath } from "../../agent/protocol/volumePath.ts";
import { parseSnapshotUri } from "../compare/snapshotUri.ts";
import type { VolumeLocation } from "../project/volumeLocation.ts";

/** The path in the workspace that a file of it, or of a snapshot of it, stands for; written as in `Change.path`. */
export function pathOf(uri: vscode.Uri, location: VolumeLocation, projectId: string): string | null {
  if (uri.scheme === "file") {
    const path = location.inside(uri.fsPath);
    return path ? encodeVolumePath(Buffer.from(path, "utf8")) : null;
  }
  const file = parseSnapshotUri(uri);
  return file?.projectId === projectId && file.path !== "" ? file.path : null;
}

/** What the tab in front shows, of whatever kind its editor is. */
export function activeUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputTextDiff || input instanceof vscode.TabInputNotebookDiff) {
    return input.modified;
  }
  const isOne =
    input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputCustom ||
    input instanceof vscode.TabInputNotebook;
  return isOne ? input.uri : vscode.window.activeTextEditor?.document.uri;
}
