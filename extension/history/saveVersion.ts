import { constants } from "node:fs";
import { copyFile, cp, readlink, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { PathVersion } from "../../agent/protocol/pathHistory.ts";
import { NextStep } from "../feedback/nextStep.ts";

/**
 * Copies a version to where a person says: outside the workspace, or beside the file under a name of its own. On the same
 * pool the copy shares its bytes with the snapshot.
 * @param source where the snapshot has it
 * @param path of the version, written as in `Change.path`
 * @returns the copy; undefined when nobody said where
 */
export async function saveVersion(
  version: PathVersion,
  source: Buffer,
  path: string,
): Promise<vscode.Uri | undefined> {
  if (version.kind === "other")
    throw new NextStep(l10n.t("{path} is neither file, folder nor link; restore it instead.", { path }));
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = path.split("/").at(-1) ?? path;
  const target = await vscode.window.showSaveDialog({
    title: l10n.t("Save this version of {path}", { path }),
    saveLabel: l10n.t("Save Version"),
    ...(folder && { defaultUri: vscode.Uri.file(join(dirname(folder.fsPath), name)) }),
  });
  if (!target) return undefined;
  await copyTo(version.kind, source, target.fsPath);
  void vscode.window.setStatusBarMessage(`$(check) ${l10n.t("Saved {file}", { file: target.fsPath })}`, 4000);
  return target;
}

/** @throws NodeJS.ErrnoException; a folder or link that is there already is never written over */
export async function copyTo(
  kind: "file" | "directory" | "symlink",
  source: Buffer,
  target: string,
): Promise<void> {
  if (kind === "file") await copyFile(source, target, constants.COPYFILE_FICLONE);
  else if (kind === "symlink") await symlink(await readlink(source), target);
  else {
    await cp(source.toString("utf8"), target, {
      recursive: true,
      verbatimSymlinks: true,
      force: false,
      errorOnExist: true,
      mode: constants.COPYFILE_FICLONE,
    });
  }
}
