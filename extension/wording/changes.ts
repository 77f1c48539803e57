import type { Change, ChangeSummary } from "../../agent/protocol/entities.ts";
import { count, enumerate } from "./counts.ts";

/** What a comparison shows for each kind: a letter, as version control does, and a word. */
export const changeWords = {
  added: { letter: "A", word: "added" },
  modified: { letter: "M", word: "changed" },
  removed: { letter: "D", word: "removed" },
  renamed: { letter: "R", word: "renamed" },
  metadata: { letter: "P", word: "permissions or times" },
} as const satisfies Record<Change["kind"], { letter: string; word: string }>;

/** "3 changed, 1 added and 2 removed"; "no changes" when there are none. */
export function summaryText(summary: ChangeSummary): string {
  const { modified, added, removed, renamed, metadata } = summary;
  const parts: string[] = [];
  if (modified > 0) parts.push(`${modified.toLocaleString("en")} changed`);
  if (added > 0) parts.push(`${added.toLocaleString("en")} added`);
  if (removed > 0) parts.push(`${removed.toLocaleString("en")} removed`);
  if (renamed > 0) parts.push(`${renamed.toLocaleString("en")} renamed`);
  if (metadata > 0) parts.push(`${count(metadata, "path")} with other permissions or times`);
  return parts.length === 0 ? "no changes" : enumerate(parts);
}

export function summaryTotal(summary: ChangeSummary): number {
  return summary.added + summary.modified + summary.removed + summary.renamed + summary.metadata;
}

/**
 * What a restore will do, told from the comparison "target to now": what was added since goes away,
 * what was removed comes back.
 */
export function restoreEffect(summary: ChangeSummary): string {
  const { modified, added, removed, renamed, metadata } = summary;
  const parts: string[] = [];
  if (modified > 0) parts.push(`${count(modified, "path")} ${modified === 1 ? "changes" : "change"} back`);
  if (removed > 0) parts.push(`${removed.toLocaleString("en")} ${removed === 1 ? "comes" : "come"} back`);
  if (added > 0) parts.push(`${added.toLocaleString("en")} ${added === 1 ? "goes" : "go"} away`);
  if (renamed > 0)
    parts.push(
      `${renamed.toLocaleString("en")} ${renamed === 1 ? "gets its" : "get their"} old ${renamed === 1 ? "name" : "names"}`,
    );
  if (metadata > 0)
    parts.push(
      `${metadata.toLocaleString("en")} ${metadata === 1 ? "gets its" : "get their"} old permissions or times`,
    );
  return parts.length === 0 ? "Nothing differs." : `${enumerate(parts)}.`;
}

/** One line of a restore's preview. */
export function restoreLine(change: Change): string {
  switch (change.kind) {
    case "added":
      return `− ${change.path}`;
    case "removed":
      return `+ ${change.path}`;
    case "renamed":
      return `→ ${change.path} becomes ${change.from ?? "its old name"}`;
    case "modified":
      return `~ ${change.path}`;
    case "metadata":
      return `~ ${change.path} (permissions or times)`;
  }
}

/** "mode 644 → 755" */
export function modeText({ before, after }: NonNullable<Change["modes"]>): string {
  return `mode ${before.toString(8)} → ${after.toString(8)}`;
}
