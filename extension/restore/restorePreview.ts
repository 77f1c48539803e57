import * as l10n from "@vscode/l10n";
import type { Change, ChangeSummary } from "../../agent/protocol/change.ts";
import { quietFolderOf } from "../../agent/protocol/quietFolders.ts";
import { restoreEffect, restoreLine, summaryTotal } from "../wording/changes.ts";
import { formatCount, plural } from "../wording/counts.ts";

const linesShown = 12;
const unsavedShown = 5;

/**
 * What a person reads before a restore.
 * @param changes from the target to now
 * @param unsaved paths of editors whose changes are not on disk
 * @param quietNames names of folders that tools write; each becomes one line however much is in it
 */
export function restorePreview(
  changes: readonly Change[],
  summary: ChangeSummary,
  unsaved: readonly string[],
  quietNames: readonly string[],
): string {
  const parts = [restoreEffect(summary)];
  parts.push(pathLines(changes, summaryTotal(summary), quietNames).join("\n"));
  if (unsaved.length > 0) {
    const names = unsaved.slice(0, unsavedShown).join(", ");
    const rest = unsaved.length - unsavedShown;
    parts.push(
      plural(
        unsaved.length,
        "{count} editor has unsaved changes: {names}.",
        "{count} editors have unsaved changes: {names}.",
        { names: rest > 0 ? l10n.t("{names} and {count} more", { names, count: rest }) : names },
      ),
    );
  }
  parts.push(l10n.t("The state as it is now is kept as a snapshot first, so that you can undo this."));
  return parts.filter(Boolean).join("\n\n");
}

/** What people wrote comes first, then one line for each folder that tools wrote. */
function pathLines(changes: readonly Change[], total: number, quietNames: readonly string[]): string[] {
  const folders = new Map<string, number>();
  const own = changes.filter(({ path }) => {
    const folder = quietFolderOf(path, quietNames);
    if (folder !== null) folders.set(folder, (folders.get(folder) ?? 0) + 1);
    return folder === null;
  });
  const rows = [
    ...own.map((change) => ({ text: restoreLine(change), paths: 1 })),
    ...[...folders].map(([folder, paths]) => ({
      text: plural(paths, "~ {folder} ({count} path)", "~ {folder} ({count} paths)", {
        folder: `${folder}/`,
      }),
      paths,
    })),
  ].slice(0, linesShown);
  const left = total - rows.reduce((sum, { paths }) => sum + paths, 0);
  const lines = rows.map(({ text }) => text);
  if (left > 0) lines.push(l10n.t("… and {count} more", { count: formatCount(left) }));
  return lines;
}

/** The summary of only these changes. */
export function summarize(changes: readonly Change[]): ChangeSummary {
  const summary = { added: 0, modified: 0, removed: 0, renamed: 0, metadata: 0 };
  for (const { kind } of changes) summary[kind] += 1;
  return summary;
}

/** The changes that a restore of these paths touches; a rename counts at either of its ends. */
export function changesWithin(changes: readonly Change[], paths: readonly string[]): Change[] {
  const touches = (path: string) =>
    paths.some((root) => path === root || path.startsWith(`${root}/`) || root.startsWith(`${path}/`));
  return changes.filter(({ path, from }) => touches(path) || (from !== undefined && touches(from)));
}

/** A change as it is seen from the other side. */
export function turnedRound(change: Change): Change {
  const { kind, path, from } = change;
  if (kind === "renamed") return { ...change, path: from ?? path, from: path };
  const kinds = { added: "removed", removed: "added", modified: "modified", metadata: "metadata" } as const;
  const { modes } = change;
  return {
    ...change,
    kind: kinds[kind],
    ...(modes ? { modes: { before: modes.after, after: modes.before } } : {}),
  };
}
