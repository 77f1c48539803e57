import { count } from "../wording/counts.ts";
import type { TimelineSearch } from "./timelineSearch.ts";

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
