import * as l10n from "@vscode/l10n";
import type { Entry } from "../../agent/protocol/entry.ts";
import { pathsText } from "./changes.ts";
import { partsText } from "./parts.ts";

const idShown = 6;

/** What a restore brought back and from where, as a sentence; null for other entries, and where that is not known. */
export function restoredText({ restored }: Pick<Entry, "restored">): string | null {
  if (!restored) return null;
  const { targetId, parts, paths } = restored;
  const what = paths ? pathsText(paths) : parts ? partsText(parts) : l10n.t("the workspace");
  return l10n.t("Restored was {what}, from the snapshot {id}.", { what, id: targetId.slice(0, idShown) });
}
