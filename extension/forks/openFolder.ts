import * as vscode from "vscode";

/** Opens a folder of this machine, in this window or in one of its own. A remote window's stay remote. */
export async function openFolder(path: string, window: "this" | "new"): Promise<void> {
  await vscode.commands.executeCommand("vscode.openFolder", vscode.Uri.file(path), {
    forceNewWindow: window === "new",
  });
}
