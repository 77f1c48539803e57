import { z } from "zod";
import { ChangeSummary } from "./change.ts";
import { Entry } from "./entry.ts";

const kind = z.enum(["file", "directory", "symlink", "other"]);

/**
 * What a path named, at one or more times: entries in which its kind, owner, mode and content are the same are one version.
 * Of a folder that is: entries between which nothing changed at or below it.
 */
export const PathVersion = z.object({
  kind,
  /** Bytes of a file; null for what has none. */
  size: z.number().nullable(),
  /** ISO 8601, as it was last written; of a folder, when it last gained or lost a name. */
  modifiedAt: z.string(),
  /** Permissions: the lower twelve bits. */
  mode: z.number(),
  /** Where a symbolic link points, written as in `Change.path`; null for anything else. */
  target: z.string().nullable(),
  /** The oldest and the newest entry that hold it; null when no entry does. */
  first: Entry.nullable(),
  last: Entry.nullable(),
  /** How many entries hold it. */
  entries: z.number(),
  /** How many times it came: more than one when it came back, by a restore or otherwise. */
  times: z.number(),
  /** Whether the workspace as it stands holds it. */
  now: z.boolean(),
  /** Whether the path named nothing right after it. */
  gone: z.boolean(),
  /** The first entry without the path, when it is gone; null when no entry was taken since. */
  goneIn: Entry.nullable(),
  /** The path it had right before, when it came here by being renamed; null when not, or when that cannot be told. */
  from: z.string().nullable(),
  /** For a folder: what changed at or below it since the version before. Null for anything else, and for the oldest. */
  changes: ChangeSummary.nullable(),
});
export type PathVersion = z.infer<typeof PathVersion>;

/** A path that an entry holds and the workspace has no more; of a folder that went whole, the folder. */
export const DeletedPath = z.object({
  /** Written as in `Change.path`. */
  path: z.string(),
  kind,
  /** Bytes of a file; null for what has none. */
  size: z.number().nullable(),
  /** How many files, folders and the like went with it; 0 for anything but a folder. */
  below: z.number(),
  /** The newest entry that holds it. */
  entry: Entry,
});
export type DeletedPath = z.infer<typeof DeletedPath>;
