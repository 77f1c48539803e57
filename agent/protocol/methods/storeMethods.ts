import { z } from "zod";
import { Entry } from "../entry.ts";
import { Project } from "../project.ts";
import { RemoteProject, Secret, Store, StoreKey } from "../store.ts";
import { GcReport, RemoteFile, RepairReport, RetentionSettings, VerifyReport } from "../storeReports.ts";
import { project, snapshotId, volumePath, bytesPerSecond, none, done } from "./shapes.ts";
import type { MethodTable } from "./methodTable.ts";

export const storeMethods = {
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
   * mend, from what the store says. `secret` opens the store where it is locked (REPOSITORY_LOCKED), which
   * `store/unlock` cannot while its config is lost.
   */
  "store/repair": {
    params: z.object({
      dryRun: z.boolean().default(false),
      giveUp: z.boolean().default(false),
      secret: Secret.optional(),
    }),
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
} as const satisfies MethodTable;
