import * as l10n from "@vscode/l10n";
import type { Change, ChangeSummary } from "../../agent/protocol/change.ts";
import { enumerate, formatCount, plural } from "./counts.ts";

/** What a comparison shows for each kind: a letter, as version control does, and a word. */
export const changeWords = {
  added: { letter: "A", word: l10n.t("added") },
  modified: { letter: "M", word: l10n.t("changed") },
  removed: { letter: "D", word: l10n.t("removed") },
  renamed: { letter: "R", word: l10n.t("renamed") },
  metadata: { letter: "P", word: l10n.t("permissions or times") },
} as const satisfies Record<Change["kind"], { letter: string; word: string }>;

/** "3 changed, 1 added and 2 removed"; "no changes" when there are none. */
export function summaryText(summary: ChangeSummary): string {
  const { modified, added, removed, renamed, metadata } = summary;
  const parts: string[] = [];
  if (modified > 0) parts.push(l10n.t("{count} changed", { count: formatCount(modified) }));
  if (added > 0) parts.push(l10n.t("{count} added", { count: formatCount(added) }));
  if (removed > 0) parts.push(l10n.t("{count} removed", { count: formatCount(removed) }));
  if (renamed > 0) parts.push(l10n.t("{count} renamed", { count: formatCount(renamed) }));
  if (metadata > 0)
    parts.push(
      plural(
        metadata,
        "{count} path with other permissions or times",
        "{count} paths with other permissions or times",
      ),
    );
  return parts.length === 0 ? l10n.t("no changes") : enumerate(parts);
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
  if (modified > 0) parts.push(plural(modified, "{count} path changes back", "{count} paths change back"));
  if (removed > 0) parts.push(plural(removed, "{count} comes back", "{count} come back"));
  if (added > 0) parts.push(plural(added, "{count} goes away", "{count} go away"));
  if (renamed > 0) parts.push(plural(renamed, "{count} gets its old name", "{count} get their old names"));
  if (metadata > 0)
    parts.push(
      plural(
        metadata,
        "{count} gets its old permissions or times",
        "{count} get their old permissions or times",
      ),
    );
  return parts.length === 0 ? l10n.t("Nothing differs.") : `${enumerate(parts)}.`;
}

/** One line of a restore's preview. */
export function restoreLine(change: Change): string {
  switch (change.kind) {
    case "added":
      return `− ${change.path}`;
    case "removed":
      return `+ ${change.path}`;
    case "renamed":
      return change.from === undefined
        ? `→ ${l10n.t("{path} gets its old name", { path: change.path })}`
        : `→ ${l10n.t("{path} becomes {name}", { path: change.path, name: change.from })}`;
    case "modified":
      return `~ ${change.path}`;
    case "metadata":
      return `~ ${l10n.t("{path} (permissions or times)", { path: change.path })}`;
  }
}

/** "mode 644 → 755" */
export function modeText({ before, after }: NonNullable<Change["modes"]>): string {
  return l10n.t("mode {before} → {after}", { before: before.toString(8), after: after.toString(8) });
}

/** "“src/app.ts”", "3 paths" */
export function pathsText(paths: readonly string[]): string {
  return paths.length === 1 ? `“${paths[0] ?? ""}”` : l10n.t("{count} paths", { count: paths.length });
}
