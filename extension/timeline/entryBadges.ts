import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import { durabilityWords } from "../wording/durability.ts";

const scheme = "forkpoint-entry";

/** Names an entry together with how safe it is, so that its badge is drawn anew when that changes. */
export function entryBadgeUri(entry: Pick<Entry, "snapshotId" | "durability">): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${entry.durability}/${entry.snapshotId}` });
}

/** The small sign at the right of an entry that says how safe it is. */
export class EntryBadges implements vscode.FileDecorationProvider {
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== scheme) return undefined;
    const name = uri.path.split("/")[1] ?? "";
    const words = Object.entries(durabilityWords).find(([durability]) => durability === name)?.[1];
    return words && new vscode.FileDecoration(words.badge, words.sentence);
  }
}
