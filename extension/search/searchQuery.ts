import * as l10n from "@vscode/l10n";
import { Cause, causes, type EntryFilter } from "../../agent/protocol/entry.ts";
import { namedMoment } from "../../agent/protocol/namedMoment.ts";

/** One thing that a person asks for, and how it stands in what was typed. */
export interface SearchTerm {
  readonly kind: "text" | "path" | "cause" | "by" | "tests" | "after" | "before";
  readonly value: string;
  /** From and to where in the typed text, so that it can be taken out. */
  readonly at: readonly [from: number, to: number];
}

/** What a person asks of a timeline. */
export interface SearchQuery {
  readonly terms: readonly SearchTerm[];
  readonly filter: EntryFilter;
  /** Relative to the workspace's root; null when none is asked for. */
  readonly path: string | null;
  /** Why it cannot be looked for, in a sentence; null when it can. */
  readonly problem: string | null;
}

/** The words that a term begins with, besides the kinds themselves. */
const kinds: Readonly<Record<string, SearchTerm["kind"]>> = {
  ...{ path: "path", file: "path", cause: "cause", by: "by", author: "by", tests: "tests" },
  ...{ after: "after", since: "after", before: "before", until: "before" },
};
const longestText = 200;

/** What may be typed, for an empty box. */
export const searchHint = l10n.t("Words, path:src/app.ts, cause:test, by:ada, after:2026-01-31, before:3d");

/**
 * Reads what a person typed: words are looked for in labels, notes and commands; `kind:value` asks for something else, with
 * quotes around a value that has spaces.
 * @param nowMs milliseconds since 1970, for "3d" and the like
 */
export function searchQuery(typed: string, nowMs: number): SearchQuery {
  const terms: SearchTerm[] = [];
  for (const found of typed.matchAll(/(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi)) {
    const [whole, name, quoted, bare] = found;
    const at = [found.index, found.index + whole.length] as const;
    const kind = name === undefined ? "text" : kinds[name.toLowerCase()];
    // A word with a colon in it, such as a command's, is a word.
    const value = kind === undefined ? whole : (quoted ?? bare ?? "");
    if (value !== "") terms.push({ kind: kind ?? "text", value, at });
  }
  return { terms, ...meaning(terms, nowMs) };
}

/** What was typed without one of its terms. */
export function withoutTerm(typed: string, { at: [from, to] }: SearchTerm): string {
  return `${typed.slice(0, from)} ${typed.slice(to)}`.replace(/\s+/g, " ").trim();
}

function meaning(terms: readonly SearchTerm[], nowMs: number): Omit<SearchQuery, "terms"> {
  const of = (kind: SearchTerm["kind"]) =>
    terms.filter((term) => term.kind === kind).map(({ value }) => value);
  const last = (kind: SearchTerm["kind"]) => of(kind).at(-1);
  const text = of("text").join(" ");
  const [by, tests, after, before] = [last("by"), last("tests"), last("after"), last("before")];
  const [since, until] = [
    after === undefined ? null : namedMoment(after, nowMs, "first"),
    before === undefined ? null : namedMoment(before, nowMs, "last"),
  ];
  const wanted = of("cause").flatMap((value) => value.toLowerCase().split(","));
  const known = wanted.map((value) => Cause.safeParse(value)).flatMap(({ data }) => data ?? []);
  const filter: EntryFilter = {
    ...(text && { text: text.slice(0, longestText) }),
    ...(known.length > 0 && { causes: [...new Set(known)] }),
    ...(by !== undefined && { author: by.slice(0, longestText) }),
    ...((tests === "passed" || tests === "failed") && { tests }),
    ...(since !== null && { since }),
    ...(until !== null && { until }),
  };
  const path =
    last("path")
      ?.replace(/^(\.\/)+/, "")
      .replace(/\/+$/, "") ?? "";
  const badDate = after !== undefined && since === null ? after : until === null ? before : undefined;
  const problem =
    known.length < wanted.length
      ? l10n.t("A cause is one of {causes}.", { causes: causes.join(", ") })
      : badDate !== undefined
        ? l10n.t('“{badDate}” is no date: write 2026-01-31, "2026-01-31 18:00", or 90m, 12h, 3d or 2w ago.', {
            badDate,
          })
        : tests !== undefined && filter.tests === undefined
          ? l10n.t("Tests have passed or failed: write tests:passed or tests:failed.")
          : null;
  return { filter, path: path === "" ? null : path, problem };
}
