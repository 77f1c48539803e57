import { z } from "zod";
import { ChangeSummary } from "../change.ts";
import { Entry } from "../entry.ts";

/** A slug or a project id. */
export const project = z.string().min(1).max(100);
export const snapshotId = z.string().min(1).max(100);
/** An absolute path on the agent's machine. */
export const absolutePath = z.string().min(1).max(4096).startsWith("/");
/** A path inside a volume, relative to its root; written as in `Change.path`. */
export const volumePath = z.string().min(1).max(16_384);
/** At least a little: less would never end. null for no limit. */
export const bytesPerSecond = z
  .number()
  .int()
  .min(1024)
  .max(2 ** 40)
  .nullable();
export const none = z.object({});
export const done = z.object({});

export const restored = z.object({
  /** The entry that now is the head; null when the workspace was equal already. */
  entry: Entry.nullable(),
  guard: Entry.nullable(),
  summary: ChangeSummary,
});
