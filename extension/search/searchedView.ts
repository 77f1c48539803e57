import type * as vscode from "vscode";
import { count } from "../wording/counts.ts";
import type { TimelineSearch } from "./timelineSearch.ts";

/** Says above the rows of the Timeline view what it is filtered by, and how one sees everything again. */
export class SearchedView implements vscode.Disposable {
  readonly #listener: vscode.Disposable;

  constructor(view: vscode.TreeView<unknown>, search: TimelineSearch) {
    this.#listener = search.onDidChange(() => {
      const { description, message } = filterWords(search);
      view.description = description;
      view.message = message;
    });
  }

  dispose(): void {
    this.#listener.dispose();
  }
}

/** Beside the view's title, and in a line of its own; both empty when nothing is looked for. */
export function filterWords({ query, found }: Pick<TimelineSearch, "query" | "found">) {
  if (query === "") return { description: "", message: "" };
  const amount =
    found === undefined
      ? "searching…"
      : found.matches === 0
        ? "no snapshot"
        : count(found.matches, "snapshot");
  const problem = found?.problem ? ` ${found.problem}` : "";
  const clear = "“Clear Search” in the title shows all again.";
  return { description: amount, message: `Filtered: ${query} · ${amount}.${problem} ${clear}` };
}
