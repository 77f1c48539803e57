import type { PathVersion } from "../../agent/protocol/pathHistory.ts";
import { escapeMarkdown } from "../timeline/entryText.ts";
import { causeIcons, entryTitle } from "../wording/causes.ts";
import { summaryText } from "../wording/changes.ts";
import { count } from "../wording/counts.ts";
import { longDate, relativeTime } from "../wording/relativeTime.ts";
import { formatBytes } from "../wording/sizes.ts";

/** What a version goes by: the snapshot that it came with, which is the oldest that holds it. */
export function versionTitle({ first }: PathVersion): string {
  return first ? entryTitle(first) : "Not in a snapshot yet";
}

/** The grey words beside it. */
export function versionDescription(version: PathVersion, nowMs: number): string {
  const { now, gone } = version;
  const words = [...(now ? ["now"] : []), ...(gone ? ["deleted after"] : [])];
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
    ...(now ? ["the workspace holds this version"] : []),
    ...(gone ? ["deleted after it"] : []),
    inEntries(version),
  ].join(", ");
}

/** The hover text, in Markdown. */
export function versionTooltip(version: PathVersion): string {
  const { now, first, last, gone, goneIn, from, target, times, mode, modifiedAt, changes } = version;
  const named = (entry: { label: string | null; cause: keyof typeof causeIcons; createdAt: string }) =>
    `“${escapeMarkdown(entryTitle(entry))}” (${longDate(entry.createdAt)})`;
  const lines = [`**${escapeMarkdown(versionTitle(version))}**`];
  if (now) lines.push("The workspace holds this version.");
  if (first && last && first.snapshotId !== last.snapshotId) {
    lines.push(`${inEntries(version)}: from ${named(first)} to ${named(last)}.`);
  } else if (last) lines.push(`In ${named(last)}.`);
  if (times > 1) lines.push(`It came back: it was here ${count(times, "time")}.`);
  if (gone)
    lines.push(
      goneIn ? `Gone in ${named(goneIn)}.` : "Gone since, and no snapshot was taken without it yet.",
    );
  if (from !== null) lines.push(`It was called ${escapeMarkdown(from)} before.`);
  if (target !== null) lines.push(`A link to ${escapeMarkdown(target)}.`);
  if (changes) lines.push(`Since the version before: ${summaryText(changes)}.`);
  lines.push(`Written ${longDate(modifiedAt)}, mode ${mode.toString(8)}.`);
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
  file: "file",
  directory: "folder",
  symlink: "link",
  other: "neither file nor folder",
} as const;

function whenItCame({ first, modifiedAt }: PathVersion, nowMs: number): string {
  return first ? relativeTime(first.createdAt, nowMs) : `written ${relativeTime(modifiedAt, nowMs)}`;
}

function whatItIs({ kind, size, changes, times, from }: PathVersion): string[] {
  const parts: string[] = [];
  if (size !== null) parts.push(formatBytes(size));
  else if (changes) parts.push(summaryText(changes));
  else if (kind !== "directory") parts.push(kindWords[kind]);
  if (times > 1) parts.push("came back");
  if (from !== null) parts.push(`was ${from}`);
  return parts;
}

function inEntries({ entries }: PathVersion): string {
  return entries === 0 ? "in no snapshot" : `in ${count(entries, "snapshot")}`;
}
