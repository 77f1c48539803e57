import { z } from "zod";

/**
 * What a workspace is made of, as far as a restore tells it apart; each path belongs to one. `dependencies`: folders of
 * installed packages, and lockfiles. `database`: SQLite and DuckDB files with what lies beside them, Redis dumps, and the
 * data folders of PostgreSQL, MySQL and MongoDB. `files`: all else.
 */
export const restoreParts = ["files", "dependencies", "database"] as const;
export const RestorePart = z.enum(restoreParts);
export type RestorePart = z.infer<typeof RestorePart>;

/** What an entry of cause `restore` brought back, and from where. Both lists are null for the whole workspace. */
export const RestoredWhat = z.object({
  targetId: z.string(),
  parts: z.array(RestorePart).nullable(),
  /** The first of the paths that were named. */
  paths: z.array(z.string()).nullable(),
});
export type RestoredWhat = z.infer<typeof RestoredWhat>;
