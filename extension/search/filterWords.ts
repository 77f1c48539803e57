import * as l10n from "@vscode/l10n";
import { plural } from "../wording/counts.ts";
import type { TimelineSearch } from "./timelineSearch.ts";

/** Beside the view's title, and in a line of its own; both empty when nothing is looked for. */
export function filterWords({ query, found }: Pick<TimelineSearch, "query" | "found">) {
  if (query === "") return { description: "", message: "" };
  const amount =
    found === undefined
      ? l10n.t("searching…")
      : found.matches === 0
        ? l10n.t("no snapshot")
        : plural(found.matches, "{count} snapshot", "{count} snapshots");
  const message = [
    l10n.t("Filtered: {query} · {amount}.", { query, amount }),
    ...(found?.problem ? [found.problem] : []),
    l10n.t("“Clear Search” in the title shows all again."),
  ].join(" ");
  return { description: amount, message };
}
