import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { filterWords } from "./filterWords.ts";
import type { TimelineSearch } from "./timelineSearch.ts";

const restricted = l10n.t(
  "Restricted Mode: snapshots can be looked at and compared. Trust this folder to change something.",
);

/**
 * Says above the rows of the Timeline view what it is filtered by, and how one sees everything again; else, why nothing can
 * be changed in a folder that nobody trusts.
 */
export class SearchedView implements vscode.Disposable {
  readonly #listeners: readonly vscode.Disposable[];

  constructor(view: vscode.TreeView<unknown>, search: TimelineSearch) {
    const draw = () => {
      const { description, message } = filterWords(search);
      view.description = description;
      view.message = message || (vscode.workspace.isTrusted ? "" : restricted);
    };
    this.#listeners = [search.onDidChange(draw), vscode.workspace.onDidGrantWorkspaceTrust(draw)];
    draw();
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
  }
}
