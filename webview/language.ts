import * as l10n from "@vscode/l10n";
import { writeNumbersIn } from "../extension/wording/numberLanguage.ts";

// The page brings the translation along, since tables of texts are made when their modules are read: this one comes
// before all others.
const { lang, dataset } = document.documentElement;
const { texts } = dataset;
if (texts !== undefined) {
  l10n.config({ contents: texts });
  writeNumbersIn(lang);
}
