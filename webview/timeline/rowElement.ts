import * as l10n from "@vscode/l10n";
import { actAfter, actSummary } from "../../extension/wording/acts.ts";
import { causeSentences, entryTitle } from "../../extension/wording/causes.ts";
import { durabilityWords } from "../../extension/wording/durability.ts";
import { relativeTime } from "../../extension/wording/relativeTime.ts";
import { entrySpoken } from "../../extension/timeline/entryText.ts";
import { element } from "../element.ts";
import type { EntryRow, GraphRow } from "./graphRows.ts";
import { icon } from "./icon.ts";

/** One row of the list beside the graph. */
export function rowElement(row: GraphRow, nowMs: number): HTMLLIElement {
  const made = element(
    "li",
    {
      class: `row ${row.kind === "entry" ? row.entry.cause : row.kind}`,
      attributes: {
        id: `row-${row.id}`,
        role: "option",
        tabindex: "-1",
        "aria-selected": "false",
        "aria-label": spoken(row, nowMs),
        "data-vscode-context": row.kind === "entry" ? menuContext(row) : null,
      },
    },
    ...parts(row, nowMs),
  );
  return made;
}

function parts(row: GraphRow, nowMs: number): Node[] {
  switch (row.kind) {
    case "now":
      return [text("title", l10n.t("Now")), text("meta", l10n.t("the workspace as it stands"))];
    case "fork":
      return [
        icon("fork"),
        text("title", row.fork.slug),
        text("meta", `${l10n.t("fork")} · ${relativeTime(row.fork.createdAt, nowMs)}`),
      ];
    case "origin":
      return [
        icon("project"),
        text("title", row.slug),
        text("meta", l10n.t("this project was forked from it")),
      ];
    case "entry": {
      const { entry } = row;
      const act = actAfter(entry);
      const came = act ? `${actSummary(act)} · ` : "";
      const named = entry.label?.trim() ? ` · ${causeSentences[entry.cause].toLowerCase()}` : "";
      const marks = [
        ...(entry.head ? [badge(l10n.t("current"))] : []),
        ...(entry.tests === "passed" ? [badge(l10n.t("tests passed"))] : []),
        ...(entry.pinned ? [icon("pinned")] : []),
        text(`durability ${entry.durability}`, durabilityWords[entry.durability].short, [
          icon(entry.durability),
        ]),
      ];
      return [
        icon(entry.cause),
        text("title", entryTitle(entry)),
        text("meta", `${came}${relativeTime(entry.createdAt, nowMs)}${named}`),
        element("span", { class: "marks" }, ...marks),
      ];
    }
  }
}

/** What a screen reader says for a row. */
export function spoken(row: GraphRow, nowMs: number): string {
  switch (row.kind) {
    case "now":
      return l10n.t("Now, the workspace as it stands");
    case "fork":
      return l10n.t("Fork {slug}, {createdAt}", {
        slug: row.fork.slug,
        createdAt: relativeTime(row.fork.createdAt, nowMs),
      });
    case "origin":
      return l10n.t("{slug}, the project this one was forked from", { slug: row.slug });
    case "entry":
      return entrySpoken(row.entry, nowMs);
  }
}

/** What the editor's context menu asks, and hands to the command it starts. */
function menuContext({ entry }: EntryRow): string {
  return JSON.stringify({
    webviewSection: "entry",
    snapshotId: entry.snapshotId,
    pinned: entry.pinned,
    head: entry.head,
    child: entry.parentId !== null,
    act: Boolean(actAfter(entry)?.beforeId),
    preventDefaultContextMenuItems: true,
  });
}

function text(names: string, words: string, before: readonly Node[] = []): HTMLSpanElement {
  return element("span", { class: names }, ...before, words);
}

function badge(word: string): HTMLSpanElement {
  return element("span", { class: "badge" }, word);
}
