import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { encodeVolumePath } from "../../agent/protocol/volumePath.ts";
import { NextStep } from "../feedback/nextStep.ts";
import type { VolumeLocation } from "../project/volumeLocation.ts";

/**
 * The paths a command was started on from the explorer or an editor's title, else the file in the active
 * editor, written as in `Change.path`.
 * @throws NextStep when there are none in the workspace
 */
export function pathArguments(location: VolumeLocation, argument: unknown, selected: unknown): string[] {
  const several = Array.isArray(selected) ? selected.filter((item) => item instanceof vscode.Uri) : [];
  const active = vscode.window.activeTextEditor?.document.uri;
  const single = argument instanceof vscode.Uri ? argument : active;
  const uris = several.length > 0 ? several : single ? [single] : [];
  const paths = uris
    .filter(({ scheme }) => scheme === "file")
    .map(({ fsPath }) => location.inside(fsPath))
    .filter((path) => path !== null)
    .filter((path) => path !== "");
  const [outside] = uris;
  if (paths.length === 0 && outside && location.inside(outside.fsPath) === null) {
    const name = outside.path.split("/").at(-1) ?? outside.path;
    throw new NextStep(l10n.t("“{name}” is not in the folder whose timeline this window shows.", { name }));
  }
  if (paths.length === 0) {
    throw new NextStep(
      l10n.t("Choose a file or folder of the workspace in the Explorer, or open one in an editor."),
      "forkpoint.restoreWorkspace",
    );
  }
  return paths.map((path) => encodeVolumePath(Buffer.from(path, "utf8")));
}
