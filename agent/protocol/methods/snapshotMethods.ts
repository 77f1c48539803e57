import { z } from "zod";
import { ActCause, ActOutcome } from "../acts.ts";
import { Act, Cause, Entry, Label, Note } from "../entry.ts";
import { project, snapshotId, done } from "./shapes.ts";
import type { MethodTable } from "./methodTable.ts";

export const snapshotMethods = {
  /** `entry` is null when nothing changed since the head and no label, note or pin asked for one. */
  "snapshot/create": {
    params: z.object({
      project,
      label: Label.optional(),
      note: Note.optional(),
      pin: z.boolean().default(false),
      cause: Cause.extract(["manual", "timer", "assistant"]).default("manual"),
    }),
    result: z.object({ entry: Entry.nullable(), head: Entry.nullable() }),
  },
  /** null clears a label or note. */
  "snapshot/edit": {
    params: z.object({
      project,
      snapshotId,
      label: Label.nullable().optional(),
      note: Note.nullable().optional(),
      pinned: z.boolean().optional(),
    }),
    result: Entry,
  },
  /**
   * All or none. They can be brought back by `operations/undo` for `keptHours`, which is 0 with `forGood`; sooner, they
   * go when the pool has no room left.
   */
  "snapshot/delete": {
    params: z.object({
      project,
      snapshotIds: z.array(snapshotId).min(1).max(10_000),
      forGood: z.boolean().default(false),
    }),
    result: z.object({ operationId: z.number(), keptHours: z.number() }),
  },

  /**
   * Something begins that changes the workspace: the state before it becomes an entry, unless the head is that.
   * With `late` it has changed something already, and the state before is what `act/ready` kept, or the head. What
   * begins within seconds of another one joins it, unless it is to be `alone`; an `assistant`'s turn joins none, and none joins it. It ends
   * with the client when nobody ends it before: as `unknown`, a turn as `done`.
   */
  "act/begin": {
    params: z.object({
      project,
      cause: ActCause,
      /** The command line or what it is. Obvious secrets in it are not kept. */
      what: z.string().min(1).max(10_000),
      late: z.boolean().default(false),
      alone: z.boolean().default(false),
    }),
    result: z.object({ actId: z.string(), before: Entry.nullable() }),
  },
  /**
   * It ended: what came of it becomes an entry, unless it changed nothing. With `count` the answer waits until what it
   * changed was counted. Both are null for an act that left nothing to show, or that nobody knows.
   */
  "act/end": {
    params: z.object({
      project,
      actId: z.string().min(1).max(100),
      outcome: ActOutcome,
      exitCode: z.number().int().nullable().default(null),
      count: z.boolean().default(false),
    }),
    result: z.object({ entry: Entry.nullable(), act: Act.nullable() }),
    long: true,
  },
  /** Keeps the state of this moment at hand, in no entry, for an act that is only heard of once it has begun. */
  "act/ready": { params: z.object({ project }), result: done },

  /** One entry; the one the workspace stands on when none is named. */
  "snapshot/show": { params: z.object({ project, snapshotId: snapshotId.optional() }), result: Entry },
} as const satisfies MethodTable;
