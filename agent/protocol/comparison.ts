import { z } from "zod";
import { DependencyChanges } from "./dependencies.ts";
import { Change, ChangeSummary } from "./change.ts";
import { RestorePart } from "./restoreParts.ts";

/** The changes in and of a folder that was asked to be folded up; none of them is listed by itself. */
export const FoldedFolder = z.object({
  /** As `Change.path`. */
  path: z.string(),
  /** Changes of what is no folder. */
  files: z.number(),
  summary: ChangeSummary,
  /** Length of all that was added or changed, in bytes. */
  bytes: z.number(),
});
export type FoldedFolder = z.infer<typeof FoldedFolder>;

/** How much of a restore lies in one part. */
export const PartPreview = z.object({
  part: RestorePart,
  summary: ChangeSummary,
  /** The first few things that differ, as `Change.path`: a dependency folder or a database counts as one. */
  examples: z.array(z.string()),
});
export type PartPreview = z.infer<typeof PartPreview>;

/** How much of a comparison is wanted. */
export const comparisonWish = {
  /** At most so many changes come back. */
  limit: z.number().int().min(1).max(200_000).default(10_000),
  /** Names of folders, at any depth, whose changes are counted and not listed. */
  fold: z.array(z.string().min(1).max(255)).max(200).optional(),
  /** Whether the lockfiles that differ are read for the packages that do. */
  packages: z.boolean().optional(),
};
export type ComparisonWish = z.output<z.ZodObject<typeof comparisonWish>>;

/** What came of it. */
export const compared = {
  changes: z.array(Change),
  /** Of all changes, listed, folded up or left out. */
  summary: ChangeSummary,
  /** Only when asked for. */
  folded: z.array(FoldedFolder).optional(),
  /** Whether there are more changes, besides those folded up, than are listed. */
  truncated: z.boolean(),
  /** Only when asked for. */
  dependencies: DependencyChanges.optional(),
};
export type Compared = z.output<z.ZodObject<typeof compared>>;
