import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { writeNumbersIn } from "./wording/numberLanguage.ts";

// VS Code has read the translation already, and has none in English. Tables of texts are made when their modules
// are read, so this one comes before all others.
if (vscode.l10n.bundle) {
  l10n.config({ contents: vscode.l10n.bundle });
  writeNumbersIn(vscode.env.language);
}
