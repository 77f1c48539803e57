import type { Result } from "../protocol/methods.ts";
import type { Terminal } from "./terminal.ts";
import { summaryText } from "./wording.ts";

type Restored = Result<"timeline/restore">;

/** What a restore or an undo prints as JSON: the new entry's own keys, the guard's id, what it did. */
export function restoredJson({ entry, guard, summary }: Restored) {
  return { ...entry, restored: entry !== null, guardId: guard?.snapshotId ?? null, summary };
}

export function restoredText({ entry, guard, summary }: Restored, terminal: Terminal): string {
  if (!entry) return "The workspace was equal to it already.";
  const undo = guard
    ? `\nWhat was there before is ${terminal.paint("cyan", guard.snapshotId)}; \`forkpoint undo\` brings it back.`
    : "";
  return `Restored (${summaryText(summary)}).${undo}`;
}
