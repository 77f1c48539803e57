import { z } from "zod";

export const changeKinds = ["added", "modified", "removed", "renamed", "metadata"] as const;
/**
 * One path that differs. `path` is relative to the volume; bytes that are not UTF-8 are written \xNN
 * and a backslash \\, and `pathBytes` then has the exact name in base64. `size` is the newer side's
 * length in bytes, null for what has none. `metadata` means owner, mode, times or attributes alone.
 */
export const Change = z.object({
  path: z.string(),
  pathBytes: z.string().optional(),
  kind: z.enum(changeKinds),
  from: z.string().optional(),
  type: z.enum(["file", "directory", "symlink", "other"]),
  size: z.number().nullable(),
  /** The permission bits of both sides, as in `chmod`, where they differ. */
  modes: z.object({ before: z.number(), after: z.number() }).optional(),
});
export type Change = z.infer<typeof Change>;

export const ChangeSummary = z.object({
  added: z.number(),
  modified: z.number(),
  removed: z.number(),
  renamed: z.number(),
  metadata: z.number(),
});
export type ChangeSummary = z.infer<typeof ChangeSummary>;
