import type { Change, ChangeSummary } from "../../agent/protocol/entities.ts";
import { restoreEffect, restoreLine, summaryTotal } from "../wording/changes.ts";
import { count } from "../wording/counts.ts";

const linesShown = 12;
const unsavedShown = 5;

/**
 * What a person reads before a restore.
 * @param changes from the target to now
 * @param unsaved paths of editors whose changes are not on disk
 */
export function restorePreview(
  changes: readonly Change[],
  summary: ChangeSummary,
  unsaved: readonly string[],
): string {
  const parts = [restoreEffect(summary)];
  const lines = changes.slice(0, linesShown).map(restoreLine);
  const left = summaryTotal(summary) - lines.length;
  if (left > 0) lines.push(`… and ${left.toLocaleString("en")} more`);
  parts.push(lines.join("\n"));
  if (unsaved.length > 0) {
    const names = unsaved.slice(0, unsavedShown).join(", ");
    const rest = unsaved.length > unsavedShown ? ` and ${unsaved.length - unsavedShown} more` : "";
    parts.push(`${count(unsaved.length, "editor has", "editors have")} unsaved changes: ${names}${rest}.`);
  }
  parts.push("The state as it is now is kept as a snapshot first, so that you can undo this.");
  return parts.filter(Boolean).join("\n\n");
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
