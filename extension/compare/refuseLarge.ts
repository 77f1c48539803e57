import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { NextStep } from "../feedback/nextStep.ts";
import { formatBytes } from "../wording/sizes.ts";
import { largestShownBytes } from "./snapshotFiles.ts";

/** What can be done with a file that no editor shows. */
export function insteadOfShowing(): string {
  return l10n.t("Its File History saves each version elsewhere, for another program.");
}

/**
 * Keeps the editor from reading a file that it would have to hold in memory as a whole.
 * @param path as a person knows it
 * @throws NextStep when it is too large, vscode.FileSystemError when it cannot be looked at
 */
export async function refuseLarge(uri: vscode.Uri, path: string): Promise<void> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size <= largestShownBytes) return;
  const sentence = l10n.t("{path} has {size}, which is too large to show.", {
    path,
    size: formatBytes(size),
  });
  throw new NextStep(`${sentence} ${insteadOfShowing()}`);
}

/** Whether an editor can hold it beside many others; not what cannot be looked at. @param mostBytes at most */
export async function isSmall(uri: vscode.Uri | null, mostBytes: number): Promise<boolean> {
  if (!uri) return true;
  return vscode.workspace.fs.stat(uri).then(
    ({ size }) => size <= mostBytes,
    () => false,
  );
}
