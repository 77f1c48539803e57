import { z } from "zod";
import { Cause, Change, ChangeSummary, Durability, type Entry } from "../../protocol/entities.ts";

/** How a caller names an entry. */
export const snapshot = z.string().min(1).max(100);

/** A path inside the workspace. */
export const workspacePath = z
  .string()
  .min(1)
  .max(16_384)
  .describe("relative to the root of the workspace, as `diff` prints it");

/** An entry, without what only the machinery needs. */
export const EntryResult = z.object({
  snapshotId: z.string(),
  createdAt: z.string(),
  cause: Cause,
  label: z.string().nullable(),
  note: z.string().nullable(),
  pinned: z.boolean(),
  /** Whether the workspace as it stands grew from it. */
  head: z.boolean(),
  /** How safe it is. */
  durability: Durability,
  problem: z.string().nullable(),
});
export type EntryResult = z.infer<typeof EntryResult>;

export const ChangeResult = Change.omit({ pathBytes: true });
export const SummaryResult = ChangeSummary;

export function entryResult(entry: Entry): EntryResult {
  const { snapshotId, createdAt, cause, label, note, pinned, head, durability, problem } = entry;
  return { snapshotId, createdAt, cause, label, note, pinned, head, durability, problem };
}
