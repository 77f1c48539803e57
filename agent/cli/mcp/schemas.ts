import { z } from "zod";
import { restoreParts, RestorePart } from "../../protocol/restoreParts.ts";
import { Change, ChangeSummary } from "../../protocol/change.ts";
import { Cause, Durability, type Entry } from "../../protocol/entry.ts";

/** How a caller names an entry. */
export const snapshot = z.string().min(1).max(100);

/** A path inside the workspace. */
export const workspacePath = z
  .string()
  .min(1)
  .max(16_384)
  .describe("relative to the root of the workspace, as `diff` prints it");

/** What of the workspace a restore brings back, where it is not told by paths. */
export const workspaceParts = z
  .array(RestorePart)
  .min(1)
  .max(restoreParts.length)
  .describe(
    "only these parts. dependencies: folders of installed packages, and lockfiles. database: SQLite and DuckDB files, Redis dumps, data " +
      "folders of PostgreSQL, MySQL and MongoDB. files: all else. Everything but the database is files and dependencies. Not together with paths",
  );

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
