import * as l10n from "@vscode/l10n";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { Room } from "../../agent/protocol/retention.ts";
import { actAfter, actDetails, actSummary } from "../wording/acts.ts";
import { causeReasons, entryTitle } from "../wording/causes.ts";
import { durabilityWords } from "../wording/durability.ts";
import { restoredText } from "../wording/restored.ts";
import { freesText } from "../wording/rooms.ts";
import { longDate, relativeTime } from "../wording/relativeTime.ts";

/** The grey words beside an entry's name. */
export function entryDescription(entry: Entry, nowMs: number): string {
  const parts: string[] = [];
  if (entry.head) parts.push(l10n.t("current"));
  if (entry.pinned) parts.push(l10n.t("pinned"));
  const act = actAfter(entry) ?? (entry.act?.afterId === null ? entry.act : null);
  const summary = act && actSummary(act);
  if (summary) parts.unshift(summary);
  if (entry.tests && act?.cause !== "test")
    parts.push(entry.tests === "passed" ? l10n.t("tests passed") : l10n.t("tests failed"));
  parts.push(relativeTime(entry.createdAt, nowMs));
  return parts.join(" · ");
}

/** Everything about an entry as one sentence after another, for a screen reader. */
export function entrySpoken(entry: Entry, nowMs: number): string {
  const parts = [entryTitle(entry), relativeTime(entry.createdAt, nowMs)];
  if (entry.head) parts.push(l10n.t("the workspace grew from this one"));
  if (entry.pinned) parts.push(l10n.t("pinned"));
  const act = actAfter(entry);
  if (act) parts.push(actSummary(act));
  if (entry.tests)
    parts.push(entry.tests === "passed" ? l10n.t("tests passed here") : l10n.t("tests failed here"));
  parts.push(durabilityWords[entry.durability].spoken);
  if (entry.note) parts.push(l10n.t("has a note"));
  return parts.join(", ");
}

/** The hover text, in Markdown; `room` is what deleting the entry alone frees. Labels and notes are escaped: they are words, never markup. */
export function entryTooltip(entry: Entry, room: Room | null = null): string {
  const lines = [
    `**${escapeMarkdown(entryTitle(entry))}**`,
    `${causeReasons[entry.cause]} ${longDate(entry.createdAt)}, ${escapeMarkdown(entry.author)}`,
    [
      durabilityWords[entry.durability].sentence,
      ...(entry.pinned ? [l10n.t("Pinned: it stays until you unpin it.")] : []),
    ].join(" "),
  ];
  const restored = restoredText(entry);
  if (restored) lines.push(escapeMarkdown(restored));
  const act = actAfter(entry);
  if (act) lines.push(...actDetails(act).map(escapeMarkdown));
  if (entry.tests)
    lines.push(
      entry.tests === "passed"
        ? l10n.t("Tests passed on this state.")
        : l10n.t("Tests failed on this state."),
    );
  if (entry.head) lines.push(l10n.t("The workspace as it stands grew from this snapshot."));
  if (room) lines.push(escapeMarkdown(freesText(1, room)));
  if (entry.note) lines.push(escapeMarkdown(entry.note));
  lines.push(`\`${entry.snapshotId}\``);
  return lines.join("\n\n");
}

/** What menus ask with `viewItem`: words such as "entry pinned head". */
export function entryContext(entry: Entry): string {
  const words = ["entry", entry.pinned ? "pinned" : "unpinned", entry.durability];
  if (entry.head) words.push("head");
  if (entry.parentId !== null) words.push("child");
  if (actAfter(entry)?.beforeId) words.push("act");
  return words.join(" ");
}

export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!<>|~$&]/g, "\\$&");
}
