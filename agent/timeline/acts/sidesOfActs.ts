import type { ActRow } from "../../catalog/acts.ts";
import type { EntryRow } from "../../catalog/entryRow.ts";
import { actCauses } from "../../protocol/acts.ts";
import { isApart } from "./openActs.ts";

/** Entries that may stand for what came of an act though they were not taken for it. */
const standsForAct: ReadonlySet<string> = new Set([...actCauses, "manual", "timer"]);

/** Whether an entry that was taken for something else holds what came of an act. */
export function standsFor({ cause, beforeId }: ActRow, { cause: takenFor, restored }: EntryRow): boolean {
  if (standsForAct.has(takenFor)) return true;
  const isBack = restored?.targetId === beforeId && restored.parts === null && restored.paths === null;
  // In a turn, a restore is what the assistant did.
  return isApart(cause) && takenFor === "restore" && !isBack;
}

/**
 * Whether an entry within a burst may go: one that only an act of a program led to, that nobody has named, pinned or seen
 * tests end on, and that is no side of an assistant's turn.
 */
export function isFleeting(
  { snapshotId, cause, label, note, pinned, tests }: EntryRow,
  turns: readonly ActRow[],
): boolean {
  const own = cause !== "assistant" && actCauses.some((each) => each === cause);
  const plain = label === null && note === null && !pinned && tests === null;
  const isSide = turns.some(({ beforeId, afterId }) => beforeId === snapshotId || afterId === snapshotId);
  return own && plain && !isSide;
}
