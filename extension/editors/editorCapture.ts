import * as vscode from "vscode";
import {
  type EditorState,
  type EditorTab,
  longestUnsavedText,
  mostUnsavedText,
  type UnsavedText,
} from "../../agent/protocol/editorState.ts";
import { encodeVolumePath } from "../../agent/protocol/volumePath.ts";
import type { VolumeLocation } from "../project/volumeLocation.ts";

const mostEditors = 500;

/** Where an editor's content belongs, as an `EditorTab` names it. */
export type EditorPlace = Pick<UnsavedText, "path" | "name">;

/**
 * The place of a file of the volume, or of an editor that has no file yet; null for anything else, of which nothing may be
 * kept.
 */
export function editorPlace(location: VolumeLocation, uri: vscode.Uri): EditorPlace | null {
  const isUntitled = uri.scheme === "untitled";
  if (isUntitled && !uri.path.startsWith("/")) return { path: null, name: uri.path };
  if (uri.scheme !== "file" && !isUntitled) return null;
  const path = location.inside(uri.fsPath);
  return path === null ? null : { path: encodeVolumePath(Buffer.from(path, "utf8")), name: "" };
}

/** What this window shows of a project now. */
export function captureEditors(location: VolumeLocation, windowId: string): EditorState {
  const unsaved: UnsavedText[] = [];
  const leftOut: { path: string | null; name: string; characters: number }[] = [];
  let room = mostUnsavedText;
  for (const document of vscode.workspace.textDocuments.slice(0, mostEditors)) {
    const place = document.isDirty && !document.isClosed ? editorPlace(location, document.uri) : null;
    if (!place) continue;
    const text = document.getText();
    if (text.length > Math.min(room, longestUnsavedText)) leftOut.push({ ...place, characters: text.length });
    else {
      room -= text.length;
      unsaved.push({ ...place, language: document.languageId, text });
    }
  }
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const opened = folder ? editorPlace(location, folder.uri) : null;
  return { windowId, folder: opened?.path ?? "", tabs: captureTabs(location), unsaved, leftOut };
}

function captureTabs(location: VolumeLocation): EditorTab[] {
  const { all, activeTabGroup } = vscode.window.tabGroups;
  const tabs = all.flatMap((group) =>
    group.tabs.flatMap((tab): EditorTab[] => {
      const shown = tabContent(tab.input);
      const place = shown && editorPlace(location, shown.uri);
      if (!place) return [];
      const { isPinned, isPreview, isActive } = tab;
      return [
        {
          ...place,
          ...{ group: group.viewColumn, kind: shown.kind, viewType: shown.viewType },
          ...{ pinned: isPinned, preview: isPreview, active: isActive },
          focused: isActive && group === activeTabGroup,
          selection: selectionOf(shown.uri, group.viewColumn),
        },
      ];
    }),
  );
  return tabs.slice(0, mostEditors);
}

/** What a tab shows, when it is one editor of one file. */
export function tabContent(
  input: unknown,
): { uri: vscode.Uri; kind: EditorTab["kind"]; viewType: string | null } | null {
  if (input instanceof vscode.TabInputText) return { uri: input.uri, kind: "text", viewType: null };
  if (input instanceof vscode.TabInputNotebook) {
    return { uri: input.uri, kind: "notebook", viewType: input.notebookType };
  }
  if (input instanceof vscode.TabInputCustom) {
    return { uri: input.uri, kind: "custom", viewType: input.viewType };
  }
  return null;
}

function selectionOf(uri: vscode.Uri, column: vscode.ViewColumn): EditorTab["selection"] {
  const editor = vscode.window.visibleTextEditors.find(
    ({ document, viewColumn }) => viewColumn === column && document.uri.toString() === uri.toString(),
  );
  if (!editor) return null;
  const { anchor, active } = editor.selection;
  return [anchor.line, anchor.character, active.line, active.character];
}
