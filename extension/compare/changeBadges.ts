import * as vscode from "vscode";
import type { Change } from "../../agent/protocol/change.ts";
import { changeWords } from "../wording/changes.ts";

const scheme = "forkpoint-change";

/** Names a change so that the editor picks the file's icon, and its badge says what happened to it. */
export function changeBadgeUri({ kind, path }: Pick<Change, "kind" | "path">): vscode.Uri {
  return vscode.Uri.from({ scheme, authority: kind, path: `/${path}` });
}

const colors = {
  added: "gitDecoration.addedResourceForeground",
  modified: "gitDecoration.modifiedResourceForeground",
  removed: "gitDecoration.deletedResourceForeground",
  renamed: "gitDecoration.renamedResourceForeground",
  metadata: "gitDecoration.ignoredResourceForeground",
} as const satisfies Record<Change["kind"], string>;

/** Letter and colour of each path in a comparison. */
export class ChangeBadges implements vscode.FileDecorationProvider {
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== scheme || !isKind(uri.authority)) return undefined;
    const { letter, word } = changeWords[uri.authority];
    return new vscode.FileDecoration(letter, word, new vscode.ThemeColor(colors[uri.authority]));
  }
}

function isKind(name: string): name is Change["kind"] {
  return Object.hasOwn(changeWords, name);
}
