import * as l10n from "@vscode/l10n";

// The page brings the translation along, since tables of texts are made when their modules are read: this one comes
// before all others.
const { texts } = document.documentElement.dataset;
if (texts !== undefined) l10n.config({ contents: texts });
