import { z } from "zod";
import { Entry } from "../../agent/protocol/entry.ts";

/** What the timeline panel may ask the editor to run. */
export const timelineCommands = [
  "forkpoint.takeSnapshot",
  "forkpoint.undoRestore",
  "forkpoint.showHealth",
  "forkpoint.forkFromNow",
  "forkpoint.importFolder",
  "forkpoint.startAgent",
  "forkpoint.createPool",
  "forkpoint.showEntryActions",
  "forkpoint.restoreWorkspace",
  "forkpoint.compareWithNow",
  "forkpoint.compareWithPrevious",
  "forkpoint.compareBeforeAfter",
  "forkpoint.restoreBefore",
  "forkpoint.forkFromEntry",
  "forkpoint.renameSnapshot",
  "forkpoint.editNote",
  "forkpoint.pinSnapshot",
  "forkpoint.unpinSnapshot",
  "forkpoint.deleteSnapshot",
  "forkpoint.browseSnapshot",
  "forkpoint.openFork",
] as const;
export type TimelineCommand = (typeof timelineCommands)[number];

/** A fork of this project, drawn as a lane that leaves from the entry it grew from. */
export const ForkMark = z.object({
  projectId: z.string(),
  slug: z.string(),
  snapshotId: z.string(),
  createdAt: z.string(),
});
export type ForkMark = z.infer<typeof ForkMark>;

/** From the extension to the timeline panel: everything it draws. */
export const TimelineState = z.object({
  type: z.literal("timeline"),
  /** Null while there is nothing to draw; `message` and `next` then say why and what to do. */
  slug: z.string().nullable(),
  message: z.string(),
  next: z.array(z.object({ command: z.enum(timelineCommands), title: z.string() })),
  entries: z.array(Entry),
  /** What the entries are filtered by, as it was typed; null when they are all. */
  search: z
    .object({
      query: z.string(),
      /** How many there are, also beyond those at hand; null while it is looked for. */
      matches: z.number().nullable(),
      /** What could not be looked for, in a sentence. */
      problem: z.string().nullable(),
    })
    .nullable(),
  /** Whether older entries can be asked for. */
  more: z.boolean(),
  forks: z.array(ForkMark),
  /** The project this one was forked from. */
  origin: z.object({ projectId: z.string(), slug: z.string() }).nullable(),
});
export type TimelineState = z.infer<typeof TimelineState>;

/** From the timeline panel to the extension. */
export const TimelineRequest = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("more") }),
  /** Show only what this finds, or everything again when it is empty. */
  z.object({ type: z.literal("search"), query: z.string().max(1000) }),
  z.object({
    type: z.literal("run"),
    command: z.enum(timelineCommands),
    snapshotId: z.string().max(100).optional(),
    projectId: z.string().max(100).optional(),
  }),
]);
export type TimelineRequest = z.infer<typeof TimelineRequest>;
