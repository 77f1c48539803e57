import * as vscode from "vscode";
import { isErrorCode } from "../../agent/protocol/errors.ts";

/** Opens the page of common problems, at what it says of an error when its code is given. */
export async function showProblems(extensionUri: vscode.Uri, code: unknown): Promise<void> {
  const page = vscode.Uri.joinPath(extensionUri, "docs", "problems.md");
  const fragment = isErrorCode(code) ? code.toLowerCase() : "";
  await vscode.commands.executeCommand("markdown.showPreview", page.with({ fragment }));
}
