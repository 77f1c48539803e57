import { z } from "zod";

/** What people and programs do that an entry is taken before and after. */
export const actCauses = [
  "git",
  "install",
  "test",
  "task",
  "debug",
  "terminal",
  "deletion",
  "assistant",
] as const;
export const ActCause = z.enum(actCauses);
export type ActCause = z.infer<typeof ActCause>;

/** How it ended, as far as anybody saw. */
export const actOutcomes = ["done", "failed", "unknown"] as const;
export const ActOutcome = z.enum(actOutcomes);
export type ActOutcome = z.infer<typeof ActOutcome>;

export const TestResult = z.enum(["passed", "failed"]);
export type TestResult = z.infer<typeof TestResult>;

/** What an act changed, counted once. Sizes are bytes. What lies in `.git` counts for nothing but `inGit`. */
export const ActChange = z.object({
  /** Whatever is no folder and was added, changed, removed or renamed. */
  files: z.number(),
  added: z.number(),
  removed: z.number(),
  /** How much larger it made the workspace; negative for smaller. */
  bytes: z.number(),
  /** Of `files`, those that belong to installed dependencies. */
  inDependencies: z.number(),
  /** Paths in `.git` that changed. */
  inGit: z.number(),
  /** Lockfiles among them, as `Change.path`; the first few. */
  lockfiles: z.array(z.string()),
});
export type ActChange = z.infer<typeof ActChange>;
