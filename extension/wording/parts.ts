import * as l10n from "@vscode/l10n";
import { type RestorePart, restoreParts } from "../../agent/protocol/restoreParts.ts";

/** In the order of `restoreParts`. */
const words: Readonly<Record<string, string>> = {
  "files,dependencies,database": l10n.t("the workspace"),
  "files,dependencies": l10n.t("everything but the database"),
  "files,database": l10n.t("everything but dependencies"),
  "dependencies,database": l10n.t("only dependencies and the database"),
  dependencies: l10n.t("only dependencies"),
  files: l10n.t("only files"),
  database: l10n.t("only the database"),
};

/** As in "Restore …?"; at least one part. */
export function partsText(parts: readonly RestorePart[]): string {
  return words[restoreParts.filter((part) => parts.includes(part)).join(",")] ?? l10n.t("the workspace");
}
