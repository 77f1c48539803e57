import * as vscode from "vscode";
import { eventually } from "./eventually.ts";

/**
 * Opens a file in an editor and types at its start, so that it is unsaved. An edit is refused while the editor follows
 * a change of the file on disk; a person would type again.
 */
export async function typeText(uri: vscode.Uri, text: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document);
  await eventually(`${JSON.stringify(text)} in ${uri.path}`, async () =>
    editor.edit((edit) => edit.insert(new vscode.Position(0, 0), text)),
  );
  return document;
}
