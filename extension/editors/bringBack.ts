import * as vscode from "vscode";
import type { EditorState, EditorTab, UnsavedText } from "../../agent/protocol/editorState.ts";
import { decodeVolumePath } from "../../agent/protocol/volumePath.ts";
import type { VolumeLocation } from "../project/volumeLocation.ts";
import { tabContent } from "./editorCapture.ts";

/** What bringing editors back did, so that it can be taken back. */
export interface Brought {
  /** The text that was put into an editor, by its address. */
  readonly texts: ReadonlyMap<string, string>;
  /** Editors that were not open before. */
  readonly opened: ReadonlySet<string>;
  /** What could not be opened. */
  readonly failed: number;
}

/** Where a kept editor is in this window; null for one that has no file. */
export function uriOf(location: VolumeLocation, path: string | null): vscode.Uri | null {
  return path === null ? null : vscode.Uri.file(location.file(decodeVolumePath(path).toString("utf8")));
}

/**
 * Opens the tabs and puts the unsaved texts into their editors, which stay unsaved. Nothing that is open is closed.
 * @param mayReplace whether an editor's present text may go; it is not asked of editors that hold what is on the disk
 */
export async function bringBack(
  location: VolumeLocation,
  state: EditorState,
  mayReplace: (document: vscode.TextDocument) => boolean = () => true,
): Promise<Brought> {
  const before = openUris();
  const texts = new Map<string, string>();
  const opened = new Set<string>();
  let failed = 0;
  for (const unsaved of state.unsaved) {
    try {
      const document = await fill(location, unsaved, mayReplace);
      if (!document) continue;
      texts.set(document.uri.toString(), unsaved.text);
      if (!before.has(document.uri.toString())) opened.add(document.uri.toString());
    } catch {
      failed++;
    }
  }
  for (const tab of state.tabs) {
    const uri = uriOf(location, tab.path);
    if (!uri) continue;
    const open = openUris().has(uri.toString());
    if (open && !tab.focused) continue;
    try {
      await showTab(uri, tab);
      if (!before.has(uri.toString())) opened.add(uri.toString());
    } catch {
      // A file that is no more, say.
      failed++;
    }
  }
  const focused = state.tabs.find((tab) => tab.focused);
  const uri = focused && uriOf(location, focused.path);
  if (focused && uri && openUris().has(uri.toString())) await showTab(uri, focused).catch(() => undefined);
  return { texts, opened, failed };
}

/** Takes back what `bringBack` did, as far as nobody has worked on it since. */
export async function takeBack(brought: Brought): Promise<void> {
  for (const document of vscode.workspace.textDocuments) {
    const text = brought.texts.get(document.uri.toString());
    if (text === undefined || !document.isDirty || document.getText() !== text) continue;
    await vscode.window.showTextDocument(document, { preview: false });
    const close = brought.opened.has(document.uri.toString());
    await vscode.commands.executeCommand(
      close ? "workbench.action.revertAndCloseActiveEditor" : "workbench.action.files.revert",
    );
  }
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input, isDirty }) => {
      const shown = tabContent(input);
      return shown !== null && !isDirty && brought.opened.has(shown.uri.toString());
    });
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
}

/** The tabs of files that are not open, and the texts that no editor holds: what bringing back would change. */
export function missing(location: VolumeLocation, state: EditorState) {
  const open = openUris();
  const tabs = state.tabs.filter(({ path }) => {
    const uri = uriOf(location, path);
    return uri !== null && !open.has(uri.toString());
  });
  const unsaved = state.unsaved.filter(({ path, text }) => {
    const uri = uriOf(location, path)?.toString();
    return !vscode.workspace.textDocuments.some(
      (document) =>
        document.isDirty &&
        document.getText() === text &&
        (uri === undefined ? document.isUntitled : document.uri.toString() === uri),
    );
  });
  return { tabs, unsaved };
}

async function fill(
  location: VolumeLocation,
  { path, language, text }: UnsavedText,
  mayReplace: (document: vscode.TextDocument) => boolean,
): Promise<vscode.TextDocument | null> {
  const uri = uriOf(location, path);
  if (!uri) {
    const same = vscode.workspace.textDocuments.some(
      (document) => document.isUntitled && document.getText() === text,
    );
    if (same) return null;
    const made = await vscode.workspace.openTextDocument({ language, content: text });
    await vscode.window.showTextDocument(made, { preview: false });
    return made;
  }
  const onDisk = await isThere(uri);
  const document = await vscode.workspace.openTextDocument(onDisk ? uri : uri.with({ scheme: "untitled" }));
  if (document.isDirty && (document.getText() === text || !mayReplace(document))) return null;
  await vscode.window.showTextDocument(document, { preview: false });
  // From what is on the disk now, so that saving it later is no conflict.
  if (onDisk) await vscode.commands.executeCommand("workbench.action.files.revert");
  const edit = new vscode.WorkspaceEdit();
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  edit.replace(document.uri, document.validateRange(whole), text);
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new Error("The text could not be put into the editor.");
  return document;
}

async function showTab(uri: vscode.Uri, tab: EditorTab): Promise<void> {
  const place = { viewColumn: tab.group, preview: tab.preview && !tab.pinned };
  if (tab.kind !== "text" && tab.viewType !== null) {
    await vscode.commands.executeCommand("vscode.openWith", uri, tab.viewType, place);
  } else {
    const [line = 0, character = 0, activeLine = 0, activeCharacter = 0] = tab.selection ?? [];
    const selection = new vscode.Selection(line, character, activeLine, activeCharacter);
    await vscode.window.showTextDocument(uri, { ...place, ...(tab.selection && { selection }) });
  }
  if (tab.pinned) await vscode.commands.executeCommand("workbench.action.pinEditor");
}

function openUris(): Set<string> {
  const uris = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .flatMap(({ input }) => tabContent(input)?.uri.toString() ?? []);
  return new Set(uris);
}

async function isThere(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch (thrown) {
    if (thrown instanceof vscode.FileSystemError && thrown.code === "FileNotFound") return false;
    throw thrown;
  }
}
