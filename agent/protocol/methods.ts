import { z } from "zod";
import { ActCause, ActOutcome } from "./acts.ts";
import {
  Act,
  AgentInfo,
  Cause,
  Change,
  ChangeSummary,
  Check,
  Entry,
  EntryFilter,
  Health,
  Label,
  Note,
  Operation,
  Pool,
  Project,
  ProjectSettings,
  RemoteProject,
  Secret,
  Store,
  StoreKey,
} from "./entities.ts";
import { DeletedPath, PathVersion } from "./pathHistory.ts";
import { GcReport, RemoteFile, RepairReport, RetentionSettings, VerifyReport } from "./storeReports.ts";

/** Raised when a method changes so that an older side would misunderstand it. */
export const protocolVersion = 2;

/** A slug or a project id. */
const project = z.string().min(1).max(100);
const snapshotId = z.string().min(1).max(100);
/** An absolute path on the agent's machine. */
const absolutePath = z.string().min(1).max(4096).startsWith("/");
/** A path inside a volume, relative to its root; written as in `Change.path`. */
const volumePath = z.string().min(1).max(16_384);
/** At least a little: less would never end. null for no limit. */
const bytesPerSecond = z
  .number()
  .int()
  .min(1024)
  .max(2 ** 40)
  .nullable();
const none = z.object({});
const done = z.object({});

const restored = z.object({
  /** The entry that now is the head; null when the workspace was equal already. */
  entry: Entry.nullable(),
  guard: Entry.nullable(),
  summary: ChangeSummary,
});

/**
 * Every request: what goes in and what comes back. The server checks `params` before dispatch.
 * A method marked `long` reports `progress` for the token the caller sent along, and can be cancelled;
 * a cancelled call has changed nothing.
 */
export const methods = {
  "agent/hello": {
    params: z.object({ client: z.string().max(100), version: z.string().max(50) }),
    result: AgentInfo,
  },
  /** `retire` lets running work finish first; a client that found an older agent asks for it. */
  "agent/stop": { params: z.object({ mode: z.enum(["now", "retire"]) }), result: done },
  "agent/logs": {
    params: z.object({ lines: z.number().int().min(1).max(10_000) }),
    result: z.object({ file: z.string(), lines: z.array(z.string()) }),
  },
  "agent/doctor": { params: none, result: z.object({ checks: z.array(Check) }) },

  "pool/create": {
    params: z.object({
      image: absolutePath,
      /** Bytes. */
      size: z
        .number()
        .int()
        .min(256 * 1024 * 1024),
      /** Where to mount it; below the agent's home when absent. */
      mount: absolutePath.optional(),
    }),
    result: Pool,
    long: true,
  },
  "pool/adopt": { params: z.object({ path: absolutePath }), result: Pool },
  "pool/list": { params: none, result: z.object({ pools: z.array(Pool) }) },
  /** Of a pool we made, while it is in use. */
  "pool/grow": {
    params: z.object({
      poolId: z.string(),
      /** Bytes; more than it has. */
      size: z.number().int().positive(),
    }),
    result: Pool,
  },
  /** Refused while it holds projects. The image of a pool we made is deleted, unless kept. */
  "pool/remove": {
    params: z.object({ poolId: z.string(), keepImage: z.boolean().default(false) }),
    result: done,
  },

  /**
   * A new repository is encrypted when `encrypt` or `secret` says so, and by default in a bucket; it then
   * needs a secret (KEY_NEEDED). One that is there and encrypted needs it too (REPOSITORY_LOCKED), unless
   * this machine has it open. With `remember` its key is kept where there is no keyring, too.
   */
  "store/set": {
    params: z.object({
      url: z.string().max(2048),
      encrypt: z.boolean().optional(),
      secret: Secret.optional(),
      remember: z.boolean().default(false),
    }),
    result: Store,
    long: true,
  },
  "store/unlock": {
    params: z.object({ secret: Secret, remember: z.boolean().default(false) }),
    result: Store,
    long: true,
  },
  /** Forgets the key of the store on this machine, also where it was kept. */
  "store/lock": { params: none, result: Store },
  "store/keys": { params: none, result: z.object({ keys: z.array(StoreKey) }), long: true },
  "store/addKey": {
    params: z.object({ secret: Secret, label: z.string().min(1).max(100) }),
    result: StoreKey,
    long: true,
  },
  /** The last one stays. */
  "store/removeKey": { params: z.object({ keyId: z.string().max(100) }), result: done, long: true },
  /** Makes `next` open what `current` opened. */
  "store/changeKey": {
    params: z.object({ current: Secret, next: Secret }),
    result: StoreKey,
    long: true,
  },
  "store/show": { params: none, result: z.object({ store: Store.nullable() }) },
  /** Stops pushing, at once and until it is resumed; also after a start. Reading from the store goes on. */
  "store/pause": { params: none, result: Store },
  "store/resume": { params: none, result: Store },
  /** What is left out stays as it is. */
  "store/limit": {
    params: z.object({ upload: bytesPerSecond.optional(), download: bytesPerSecond.optional() }),
    result: Store,
  },
  "store/check": { params: none, result: Store, long: true },
  "store/projects": {
    params: none,
    result: z.object({ projects: z.array(RemoteProject) }),
    long: true,
  },

  /** Reads the copy of a project, or of all, and says what is right; reads every `parts`th part of the files. */
  "store/verify": {
    params: z.object({ project: project.optional(), parts: z.number().int().min(1).max(1000).default(1) }),
    result: VerifyReport,
    long: true,
  },
  /**
   * Mends what is damaged in the store; deletes nothing. `giveUp`: also refs and keeps that only another machine could
   * mend, from what the store says.
   */
  "store/repair": {
    params: z.object({ dryRun: z.boolean().default(false), giveUp: z.boolean().default(false) }),
    result: RepairReport,
    long: true,
  },
  /** Condemns what no snapshot needs, and deletes what was condemned a grace period ago. */
  "store/gc": {
    params: z.object({
      dryRun: z.boolean().default(false),
      retention: RetentionSettings.partial().default({}),
      graceHours: z
        .number()
        .min(1)
        .max(24 * 365)
        .default(24),
    }),
    result: GcReport,
    long: true,
  },
  /** Has the store tidied by itself so often, in two runs each time; null for never. Left out, it stays as it is. */
  "store/gcSchedule": {
    params: z.object({
      everyHours: z
        .number()
        .int()
        .min(1)
        .max(24 * 365)
        .nullable()
        .optional(),
    }),
    result: Store,
  },
  /** Finds a snapshot in the store: the head of a project, or the one named. `project` is a slug or an id there. */
  "remote/find": {
    params: z.object({ project, snapshotId: snapshotId.optional() }),
    result: z.object({ projectId: z.string(), snapshotId: z.string(), manifestDigest: z.string() }),
    long: true,
  },
  /** What a folder of it holds, sorted; of anything else, itself. `path` is empty for the root. */
  "remote/list": {
    params: z.object({
      projectId: project,
      manifestDigest: z.string().regex(/^[0-9a-f]{64}$/),
      path: z.string().max(16_384).default(""),
      /** The last name of the page before. */
      after: z.string().max(1024).optional(),
      limit: z.number().int().min(1).max(1000).default(1000),
    }),
    result: z.object({ files: z.array(RemoteFile), more: z.boolean() }),
    long: true,
  },
  /** At most 1 MiB of a file of it, in base64; fewer bytes at its end. */
  "remote/read": {
    params: z.object({
      projectId: project,
      manifestDigest: z.string().regex(/^[0-9a-f]{64}$/),
      path: volumePath,
      offset: z.number().int().min(0),
    }),
    result: z.object({ bytes: z.string(), size: z.number() }),
    long: true,
  },

  /**
   * Makes a project of a folder. A folder that is a subvolume of a registered pool is adopted where it
   * is; any other is copied into a pool, and unless `copy` is set the folder is then replaced by a
   * symbolic link, after the copy was proven equal.
   */
  "project/import": {
    params: z.object({
      path: absolutePath,
      slug: z.string().max(200).optional(),
      copy: z.boolean().default(false),
      poolId: z.string().optional(),
    }),
    result: z.object({ project: Project, entry: Entry, adopted: z.boolean() }),
    long: true,
  },
  "project/list": { params: none, result: z.object({ projects: z.array(Project) }) },
  "project/show": { params: z.object({ project }), result: Project },
  /** The project whose volume holds the path, following symbolic links; null when there is none. */
  "project/resolve": {
    params: z.object({ path: absolutePath }),
    result: z.object({ project: Project.nullable() }),
  },
  /** Says that a client works in the project, so that automatic snapshots run until it disconnects. */
  "project/open": { params: z.object({ project }), result: Project },
  "project/configure": {
    params: z.object({ project, settings: ProjectSettings.partial() }),
    result: Project,
  },
  /** Deletes the volume and its snapshots on this machine; the store keeps its copy. */
  "project/delete": { params: z.object({ project }), result: done, long: true },
  "project/fork": {
    params: z.object({
      project,
      snapshotId: snapshotId.optional(),
      slug: z.string().max(200),
    }),
    result: Project,
    long: true,
  },
  "project/status": {
    params: z.object({ project: project.optional() }),
    result: z.object({
      health: Health,
      project: Project.nullable(),
      pools: z.array(Pool),
      store: Store.nullable(),
      agent: AgentInfo,
    }),
  },

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
   * begins within seconds of another one joins it, unless it is to be `alone`. It ends with the client, as `unknown`, when nobody ends it before.
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

  /**
   * Newest first. `before` is the last entry of the page before. `idLength` is how many characters of an id tell
   * all entries of the timeline apart.
   */
  "timeline/list": {
    params: z.object({
      project,
      before: snapshotId.optional(),
      limit: z.number().int().min(1).max(1000).default(200),
      filter: EntryFilter.optional(),
    }),
    result: z.object({ entries: z.array(Entry), more: z.boolean(), idLength: z.number() }),
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
   * `to` absent compares with the workspace as it stands now. At most `limit` changes come back; with `paths` those
   * at or below them, each of which one side must have.
   */
  "timeline/diff": {
    params: z.object({
      project,
      from: snapshotId,
      to: snapshotId.optional(),
      paths: z.array(volumePath).min(1).max(10_000).optional(),
      limit: z.number().int().min(1).max(200_000).default(10_000),
    }),
    result: z.object({ changes: z.array(Change), summary: ChangeSummary, truncated: z.boolean() }),
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
   * What a restore of an entry would do to the workspace as it stands now, or an undo when none is named.
   * `undone` is the restore that would be undone, `newest` the newest entry of the timeline.
   */
  "timeline/preview": {
    params: z.object({
      project,
      snapshotId: snapshotId.optional(),
      paths: z.array(volumePath).min(1).max(10_000).optional(),
      limit: z.number().int().min(1).max(200_000).default(10_000),
    }),
    result: z.object({
      target: Entry,
      undone: Entry.nullable(),
      newest: Entry.nullable(),
      changes: z.array(Change),
      summary: ChangeSummary,
      truncated: z.boolean(),
    }),
    long: true,
  },
  /**
   * Makes the workspace, or the named paths of it, equal to an entry, in place and as one step that can
   * be undone. With `openFiles: "refuse"` it fails with OPEN_FILES, whose details list the programs,
   * when a program has a file that would change open for writing.
   */
  "timeline/restore": {
    params: z.object({
      project,
      snapshotId,
      paths: z.array(volumePath).min(1).max(10_000).optional(),
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

  /**
   * What was done, newest first: of a project and the forks made from it, or of all. `before` is the last one of the page
   * before. What retention rolled off is left out unless asked for.
   */
  "operations/list": {
    params: z.object({
      project: project.optional(),
      before: z.number().int().optional(),
      limit: z.number().int().min(1).max(1000).default(100),
      rollOffs: z.boolean().default(false),
    }),
    result: z.object({ operations: z.array(Operation), more: z.boolean() }),
  },
  /** Undoes one that can be undone: a deletion of snapshots, or a project's newest restore. */
  "operations/undo": {
    params: z.object({
      operationId: z.number().int(),
      openFiles: z.enum(["refuse", "proceed"]).default("refuse"),
    }),
    result: z.object({ entries: z.array(Entry), restored: restored.nullable() }),
    long: true,
  },

  /** Puts every entry into the store; returns at once unless `wait`. */
  "sync/push": {
    params: z.object({ project, wait: z.boolean().default(false) }),
    result: z.object({ pending: z.number(), pushed: z.array(Entry) }),
    long: true,
  },
  /** Rebuilds a project from the store: its head, or one snapshot. `project` is a slug or an id there. */
  "sync/pull": {
    params: z.object({
      project,
      snapshotId: snapshotId.optional(),
      slug: z.string().max(200).optional(),
      poolId: z.string().optional(),
    }),
    result: Project,
    long: true,
  },
} as const satisfies Record<string, { params: z.ZodObject; result: z.ZodType; long?: true }>;

export type Methods = typeof methods;
export type MethodName = keyof Methods;
/** What a caller writes: fields with a default may be left out. */
export type Params<M extends MethodName> = z.input<Methods[M]["params"]>;
/** What a handler gets: checked, with the defaults filled in. */
export type CheckedParams<M extends MethodName> = z.output<Methods[M]["params"]>;
export type Result<M extends MethodName> = z.output<Methods[M]["result"]>;
