import { z } from "zod";
import { ActCause, ActChange, actCauses, actOutcomes, TestResult } from "./acts.ts";
import { RestoredWhat } from "./restoreParts.ts";

/** Why an entry exists. The order is the one in which the UI explains them. */
export const causes = [
  "manual",
  "timer",
  "guard",
  "restore",
  "fork",
  "import",
  "pull",
  ...actCauses,
] as const;
export const Cause = z.enum(causes);
export type Cause = z.infer<typeof Cause>;

/**
 * How safe an entry is. `local`: on this disk only. `durable`: the store confirmed all of it. `verified`: all of it
 * was read back from the store and was right.
 */
export const durabilities = ["local", "uploading", "durable", "verified"] as const;
export const Durability = z.enum(durabilities);
export type Durability = z.infer<typeof Durability>;

export const Label = z.string().max(200);
export const Note = z.string().max(10_000);

/** What was done between two entries: a command, a task, a checkout. Times are ISO 8601 in UTC. */
export const Act = z.object({
  actId: z.string(),
  cause: ActCause,
  /** The command or what it was, in one line; obvious secrets are left out. */
  what: z.string(),
  /** `running`: it goes on. `unknown`: nobody saw its end. */
  outcome: z.enum(["running", ...actOutcomes]),
  exitCode: z.number().nullable(),
  beganAt: z.string(),
  endedAt: z.string().nullable(),
  /** The entry that holds what was there before; null once it is gone. */
  beforeId: z.string().nullable(),
  /** The entry that holds what came of it; null while it goes on, when it changed nothing, and once it is gone. */
  afterId: z.string().nullable(),
  /** Null until it was counted. */
  change: ActChange.nullable(),
});
export type Act = z.infer<typeof Act>;

/** One snapshot in a project's timeline. Times are ISO 8601 in UTC. */
export const Entry = z.object({
  snapshotId: z.string(),
  projectId: z.string(),
  /** The nearest ancestor that still exists; null for the first. */
  parentId: z.string().nullable(),
  cause: Cause,
  /** The operating system's user name. */
  author: z.string(),
  label: z.string().nullable(),
  note: z.string().nullable(),
  pinned: z.boolean(),
  createdAt: z.string(),
  durability: Durability,
  /** SHA-256 in hexadecimal; null until pushed. */
  manifestDigest: z.string().nullable(),
  /** For cause `restore`: the guard that brings back what was there before. */
  guardId: z.string().nullable(),
  /** For cause `restore`: what was brought back; absent where that is not known. */
  restored: RestoredWhat.optional(),
  /** What led to this entry, or else what it was taken before; null when neither is known. */
  act: Act.nullable(),
  /** How the tests last ended on exactly this state; null when none were seen to end. */
  tests: TestResult.nullable(),
  /** When it was last read back whole from the store; null when it was not. */
  verifiedAt: z.string().nullable(),
  /** What was found wrong with its copy in the store; null when nothing is known to be. */
  problem: z.string().nullable(),
  /** Whether the workspace as it stands grew from this entry. */
  head: z.boolean(),
  /** The read-only folder that holds it, on this machine. */
  path: z.string(),
});
export type Entry = z.infer<typeof Entry>;

/** Which entries are wanted: those for which all that is given holds. Times are ISO 8601. */
export const EntryFilter = z.strictObject({
  /** In the label, the note, or what was done before it: in upper or lower case. */
  text: z.string().min(1).max(200).optional(),
  causes: z.array(Cause).min(1).max(causes.length).optional(),
  author: z.string().min(1).max(200).optional(),
  tests: TestResult.optional(),
  /** None but these: whole ids. */
  among: z.array(z.string().max(100)).max(10_000).optional(),
  /** Not before. */
  since: z.iso.datetime({ offset: true }).optional(),
  /** Not after. */
  until: z.iso.datetime({ offset: true }).optional(),
});
export type EntryFilter = z.infer<typeof EntryFilter>;
