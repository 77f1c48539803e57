import * as l10n from "@vscode/l10n";
import type { PathVersion } from "../../agent/protocol/pathHistory.ts";
import { escapeMarkdown } from "../timeline/entryText.ts";
import { causeIcons, entryTitle } from "../wording/causes.ts";
import { summaryText } from "../wording/changes.ts";
import { plural } from "../wording/counts.ts";
import { longDate, relativeTime } from "../wording/relativeTime.ts";
import { formatBytes } from "../wording/sizes.ts";

/** What a version goes by: the snapshot that it came with, which is the oldest that holds it. */
export function versionTitle({ first }: PathVersion): string {
  return first ? entryTitle(first) : l10n.t("Not in a snapshot yet");
}

/** The grey words beside it. */
export function versionDescription(version: PathVersion, nowMs: number): string {
  const { now, gone } = version;
  const words = [...(now ? [l10n.t("now")] : []), ...(gone ? [l10n.t("deleted after")] : [])];
  return [...words, whenItCame(version, nowMs), ...whatItIs(version)].join(" · ");
}

/** Everything about it as one sentence after another, for a screen reader. */
export function versionSpoken(version: PathVersion, nowMs: number): string {
  const { now, gone, kind } = version;
  return [
    versionTitle(version),
    whenItCame(version, nowMs),
    ...(kind === "file" ? [] : [kindWords[kind]]),
    ...whatItIs(version),
    ...(now ? [l10n.t("the workspace holds this version")] : []),
    ...(gone ? [l10n.t("deleted after it")] : []),
    inEntries(version),
  ].join(", ");
}

/** The hover text, in Markdown. */
export function versionTooltip(version: PathVersion): string {
  const { now, first, last, gone, goneIn, from, target, times, mode, modifiedAt, changes } = version;
  const named = (entry: { label: string | null; cause: keyof typeof causeIcons; createdAt: string }) =>
    `“${escapeMarkdown(entryTitle(entry))}” (${longDate(entry.createdAt)})`;
  const lines = [`**${escapeMarkdown(versionTitle(version))}**`];
  if (now) lines.push(l10n.t("The workspace holds this version."));
  if (first && last && first.snapshotId !== last.snapshotId) {
    lines.push(
      l10n.t("{where}: from {first} to {last}.", {
        where: inEntries(version),
        first: named(first),
        last: named(last),
      }),
    );
  } else if (last) lines.push(l10n.t("In {snapshot}.", { snapshot: named(last) }));
  if (times > 1)
    lines.push(
      plural(times, "It came back: it was here {count} time.", "It came back: it was here {count} times."),
    );
  if (gone)
    lines.push(
      goneIn
        ? l10n.t("Gone in {snapshot}.", { snapshot: named(goneIn) })
        : l10n.t("Gone since, and no snapshot was taken without it yet."),
    );
  if (from !== null) lines.push(l10n.t("It was called {from} before.", { from: escapeMarkdown(from) }));
  if (target !== null) lines.push(l10n.t("A link to {target}.", { target: escapeMarkdown(target) }));
  if (changes) lines.push(l10n.t("Since the version before: {changes}.", { changes: summaryText(changes) }));
  lines.push(
    l10n.t("Written {modifiedAt}, mode {mode}.", {
      modifiedAt: longDate(modifiedAt),
      mode: mode.toString(8),
    }),
  );
  return lines.join("\n\n");
}

/** The name of a product icon. */
export function versionIcon({ now, gone, first, kind }: PathVersion): string {
  if (gone) return "trash";
  if (now || !first) return kind === "directory" ? "folder-opened" : "file";
  return causeIcons[first.cause];
}

/** What menus ask with `viewItem`: words such as "version file kept now". */
export function versionContext({ kind, first, now }: PathVersion): string {
  return ["version", kind, first ? "kept" : "unkept", now ? "now" : "past"].join(" ");
}

const kindWords = {
  file: l10n.t("file"),
  directory: l10n.t("folder"),
  symlink: l10n.t("link"),
  other: l10n.t("neither file nor folder"),
} as const;

function whenItCame({ first, modifiedAt }: PathVersion, nowMs: number): string {
  return first
    ? relativeTime(first.createdAt, nowMs)
    : l10n.t("written {when}", { when: relativeTime(modifiedAt, nowMs) });
}

function whatItIs({ kind, size, changes, times, from }: PathVersion): string[] {
  const parts: string[] = [];
  if (size !== null) parts.push(formatBytes(size));
  else if (changes) parts.push(summaryText(changes));
  else if (kind !== "directory") parts.push(kindWords[kind]);
  if (times > 1) parts.push(l10n.t("came back"));
  if (from !== null) parts.push(l10n.t("was {name}", { name: from }));
  return parts;
}

function inEntries({ entries }: PathVersion): string {
  return entries === 0
    ? l10n.t("in no snapshot")
    : plural(entries, "in {count} snapshot", "in {count} snapshots");
}
