import { z } from "zod";
import { compared, comparisonWish, PartPreview } from "../comparison.ts";
import { ChangeSummary } from "../change.ts";
import { Entry, EntryFilter } from "../entry.ts";
import { DeletedPath, PathVersion } from "../pathHistory.ts";
import { KeepReason, RetentionRules, Room } from "../retention.ts";
import { RestorePart, restoreParts } from "../restoreParts.ts";
import { project, snapshotId, volumePath, restored } from "./shapes.ts";
import type { MethodTable } from "./methodTable.ts";

const parts = z.array(RestorePart).min(1).max(restoreParts.length);

export const timelineMethods = {
  /**
   * Newest first. `before` is the last entry of the page before. `matches` is how many entries the filter wants over all
   * pages, null without one. `idLength` is how many characters of an id tell all entries of the timeline apart.
   */
  "timeline/list": {
    params: z.object({
      project,
      before: snapshotId.optional(),
      limit: z.number().int().min(1).max(1000).default(200),
      filter: EntryFilter.optional(),
    }),
    result: z.object({
      entries: z.array(Entry),
      more: z.boolean(),
      matches: z.number().nullable(),
      idLength: z.number(),
    }),
  },
  /**
   * What entries changed against their parents. `summary` is null for one without a parent, and where a
   * snapshot is not on this disk. `touches` says whether the entry changed something at or below `path`; null when
   * that cannot be told, and when there is no `path`.
   */
  "timeline/changes": {
    params: z.object({
      project,
      snapshotIds: z.array(snapshotId).min(1).max(100),
      path: volumePath.optional(),
    }),
    result: z.object({
      changes: z.array(
        z.object({
          snapshotId: z.string(),
          summary: ChangeSummary.nullable(),
          touches: z.boolean().nullable(),
        }),
      ),
    }),
    long: true,
  },
  /**
   * `to` absent compares with the workspace as it stands now. With `paths` only what lies at or below them, each of which
   * one side must have.
   */
  "timeline/diff": {
    params: z.object({
      project,
      from: snapshotId,
      to: snapshotId.optional(),
      paths: z.array(volumePath).min(1).max(10_000).optional(),
      ...comparisonWish,
    }),
    result: z.object(compared),
    long: true,
  },
  /**
   * The distinct versions of a path over all entries on this disk and the workspace as it stands, newest first; `path` may
   * be ignored, deleted, or anything else. `unknown` entries could not be looked into, since they are not on this
   * disk; `uncompared` versions of the same size were too large to compare and are counted as different.
   */
  "timeline/history": {
    params: z.object({
      project,
      path: volumePath,
      limit: z.number().int().min(1).max(1000).default(100),
      /** `next` of the page before. */
      from: snapshotId.optional(),
    }),
    result: z.object({
      versions: z.array(PathVersion),
      /** Names the next page; null when this is the last. */
      next: z.string().nullable(),
      unknown: z.number(),
      uncompared: z.number(),
      /** At how many moments the agent looked to find out. */
      looks: z.number(),
    }),
    long: true,
  },
  /**
   * The entries on this disk in which `path` is not what it was in the entry before, newest first. `unknown` is as with
   * `timeline/history`; it is not `complete` when older ones were left out, as below a folder after `mostEntries` of them.
   */
  "timeline/touching": {
    params: z.object({
      project,
      path: volumePath,
      mostEntries: z.number().int().min(1).max(10_000).default(1000),
    }),
    result: z.object({ snapshotIds: z.array(z.string()), unknown: z.number(), complete: z.boolean() }),
    long: true,
  },
  /**
   * Paths at or below `path`, of the whole workspace when absent, that entries hold and the workspace has no more, those
   * that went last first. What was renamed and is there under its new name is not among them. A page ends early when
   * `mostEntries` entries have been compared, each with the one before.
   */
  "timeline/deleted": {
    params: z.object({
      project,
      path: volumePath.optional(),
      limit: z.number().int().min(1).max(1000).default(200),
      mostEntries: z.number().int().min(1).max(1000).default(100),
      /** `next` of the page before. */
      from: z.string().max(200).optional(),
    }),
    result: z.object({
      deleted: z.array(DeletedPath),
      next: z.string().nullable(),
      /** Entries that are not on this disk. */
      unknown: z.number(),
    }),
    long: true,
  },
  /**
   * What retention keeps, newest first: each entry with the reasons it stays for, the strongest first; one without goes at the
   * next snapshot, or as soon as `rules`, which stand for those of the project's settings, become its settings. `room` is what those
   * that go free, once they cannot be brought back any more; null unless `measure`.
   */
  "timeline/retention": {
    params: z.object({
      project,
      rules: RetentionRules.partial().default({}),
      measure: z.boolean().default(false),
    }),
    result: z.object({
      rules: RetentionRules,
      judged: z.array(
        z.object({
          entry: Entry,
          reasons: z.array(KeepReason),
          /** Whether it came about by itself; those are counted apart. */
          automatic: z.boolean(),
        }),
      ),
      room: Room.nullable(),
    }),
    long: true,
  },
  /**
   * What deleting each of the entries alone frees on the disk, and what deleting all of them does, which may be more. Both
   * are null when that is not known yet, unless told to `wait`.
   */
  "timeline/sizes": {
    params: z.object({
      project,
      snapshotIds: z.array(snapshotId).min(1).max(10_000),
      wait: z.boolean().default(true),
    }),
    result: z.object({
      sizes: z.array(z.object({ snapshotId: z.string(), room: Room })).nullable(),
      together: Room.nullable(),
    }),
    long: true,
  },
  /**
   * What a restore of an entry would do to the workspace as it stands now, or an undo when none is named.
   * `undone` is the restore that would be undone, `newest` the newest entry of the timeline. `split` asks how much of it
   * lies in each part of the workspace.
   */
  "timeline/preview": {
    params: z.object({
      project,
      snapshotId: snapshotId.optional(),
      paths: z.array(volumePath).min(1).max(10_000).optional(),
      parts: parts.optional(),
      split: z.boolean().optional(),
      ...comparisonWish,
    }),
    result: z.object({
      target: Entry,
      undone: Entry.nullable(),
      newest: Entry.nullable(),
      /** Only when asked for. */
      split: z.array(PartPreview).optional(),
      ...compared,
    }),
    long: true,
  },
  /**
   * Makes the workspace, or the named paths or parts of it, equal to an entry, in place and as one step that can
   * be undone. It takes paths or parts, not both. With `openFiles: "refuse"` it fails with OPEN_FILES, whose details list the programs,
   * when a program has a file that would change open for writing.
   */
  "timeline/restore": {
    params: z.object({
      project,
      snapshotId,
      paths: z.array(volumePath).min(1).max(10_000).optional(),
      parts: parts.optional(),
      openFiles: z.enum(["refuse", "proceed"]).default("refuse"),
    }),
    result: restored,
    long: true,
  },
  /** Restores the guard of the newest restore, which must be `restoreId` when that is given. */
  "timeline/undo": {
    params: z.object({
      project,
      restoreId: snapshotId.optional(),
      openFiles: z.enum(["refuse", "proceed"]).default("refuse"),
    }),
    result: restored,
    long: true,
  },
} as const satisfies MethodTable;
