import { z } from "zod";
import { ActCause, ActChange, actCauses, actOutcomes, TestResult } from "./acts.ts";
import { RetentionRules } from "./retention.ts";
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

/** 1 to 63 lower-case letters, digits and hyphens; a DNS label, since previews will use it as one. */
export const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

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

export const ProjectSettings = z.object({
  ...RetentionRules.shape,
  /** Minutes between automatic snapshots while the project is open; 0 turns them off. */
  autoSnapshotMinutes: z.number().min(0).max(1440),
  /** For how long deleted snapshots stay on the disk, so that they can be brought back; 0 for not at all. */
  undeleteHours: z.number().min(0).max(8760),
});
export type ProjectSettings = z.infer<typeof ProjectSettings>;

export const Lineage = z.object({
  projectId: z.string(),
  /** The parent's slug, or null when the parent is unknown on this machine. */
  slug: z.string().nullable(),
  snapshotId: z.string(),
});

export const Project = z.object({
  projectId: z.string(),
  slug: z.string(),
  /** The folder to open: the root of the live volume. */
  path: z.string(),
  poolId: z.string(),
  createdAt: z.string(),
  forkedFrom: Lineage.nullable(),
  headSnapshotId: z.string().nullable(),
  settings: ProjectSettings,
  /** Subvolumes inside the volume, relative to it. Snapshots hold them as empty directories. */
  nestedSubvolumes: z.array(z.string()),
});
export type Project = z.infer<typeof Project>;

/** Something that was done to a project or its timeline. What does not concern its kind is empty or null. */
export const Operation = z.object({
  operationId: z.number(),
  kind: z.enum(["restore", "delete", "rollOff", "undelete", "import", "fork", "pull", "deleteProject"]),
  projectId: z.string(),
  /** As the project was called then. */
  slug: z.string(),
  author: z.string(),
  at: z.string(),
  /** Those it deleted, brought back or made. */
  snapshotIds: z.array(z.string()),
  /** What the first of them is called; null when it has no label, or is not known any more. */
  label: z.string().nullable(),
  /** What was restored. */
  targetId: z.string().nullable(),
  /** The first of the restored paths; null for the whole workspace. */
  paths: z.array(z.string()).nullable(),
  /** What a fork was made from. */
  from: Lineage.nullable(),
  undo: z.object({
    possible: z.boolean(),
    /** Until when, at the latest. */
    until: z.string().nullable(),
    /** Where it is not possible: what else can be done. */
    hint: z.string().nullable(),
  }),
});
export type Operation = z.infer<typeof Operation>;

/** Sizes are bytes. */
export const Pool = z.object({
  poolId: z.string(),
  path: z.string(),
  image: z.string().nullable(),
  state: z.enum(["mounted", "unmounted", "read-only", "missing"]),
  totalBytes: z.number().nullable(),
  freeBytes: z.number().nullable(),
  /** Share of the metadata that is allocated and used, 0 to 1. */
  metadataUsedRatio: z.number().nullable(),
  deviceErrors: z.number().nullable(),
});
export type Pool = z.infer<typeof Pool>;

/** How the store is tidied by itself. */
export const StoreTidying = z.object({
  /** Between two times; null when only somebody who asks for it has it done. */
  everyHours: z.number().nullable(),
  /** When it is done next, at the earliest; null for never, or as soon as nothing else is done. */
  nextAt: z.string().nullable(),
  /** The last run, whoever asked for it; `problem` when it failed. */
  last: z
    .object({
      at: z.string(),
      problem: z.string().nullable(),
      deletedBytes: z.number(),
      condemnedPacks: z.number(),
    })
    .nullable(),
});
export type StoreTidying = z.infer<typeof StoreTidying>;

export const Store = z.object({
  /** Without credentials. */
  url: z.string(),
  /** `locked`: it is encrypted, and its passphrase or key file is needed. */
  state: z.enum(["unchecked", "ok", "unreachable", "denied", "missing", "read-only", "locked"]),
  /** Whether what is in it can be read with its passphrase or key file alone. */
  encrypted: z.boolean(),
  /** Whether it honours conditional writes; null until probed. If not, one machine only may write. */
  conditionalWrites: z.boolean().nullable(),
  checkedAt: z.string().nullable(),
  message: z.string().nullable(),
  /** Whether snapshots wait on this disk until somebody resumes the pushing. */
  paused: z.boolean(),
  /** Bytes a second at most for all that is sent, and for all that is fetched; null for as many as there are. */
  limits: z.object({ upload: z.number().nullable(), download: z.number().nullable() }),
  tidying: StoreTidying,
});
export type Store = z.infer<typeof Store>;

/** What opens an encrypted store. The key file's 32 bytes are in base64. */
export const Secret = z.union([
  z.strictObject({ passphrase: z.string().min(1).max(1024) }),
  z.strictObject({ keyFile: z.base64().length(44) }),
]);
export type Secret = z.infer<typeof Secret>;

/** One of the ways to open an encrypted store. */
export const StoreKey = z.object({
  keyId: z.string(),
  kind: z.enum(["passphrase", "keyFile"]),
  label: z.string(),
  createdAt: z.string(),
});
export type StoreKey = z.infer<typeof StoreKey>;

/** What can be rebuilt from the store. */
export const RemoteProject = z.object({
  projectId: z.string(),
  slug: z.string(),
  headManifest: z.string(),
  updatedAt: z.string(),
  snapshots: z.array(
    z.object({
      snapshotId: z.string(),
      manifestDigest: z.string(),
      createdAt: z.string(),
      label: z.string().nullable(),
      cause: Cause,
    }),
  ),
});
export type RemoteProject = z.infer<typeof RemoteProject>;

export const changeKinds = ["added", "modified", "removed", "renamed", "metadata"] as const;
/**
 * One path that differs. `path` is relative to the volume; bytes that are not UTF-8 are written \xNN
 * and a backslash \\, and `pathBytes` then has the exact name in base64. `size` is the newer side's
 * length in bytes, null for what has none. `metadata` means owner, mode, times or attributes alone.
 */
export const Change = z.object({
  path: z.string(),
  pathBytes: z.string().optional(),
  kind: z.enum(changeKinds),
  from: z.string().optional(),
  type: z.enum(["file", "directory", "symlink", "other"]),
  size: z.number().nullable(),
  /** The permission bits of both sides, as in `chmod`, where they differ. */
  modes: z.object({ before: z.number(), after: z.number() }).optional(),
});
export type Change = z.infer<typeof Change>;

export const ChangeSummary = z.object({
  added: z.number(),
  modified: z.number(),
  removed: z.number(),
  renamed: z.number(),
  metadata: z.number(),
});
export type ChangeSummary = z.infer<typeof ChangeSummary>;

export const healthStates = [
  "protected",
  "saving",
  "behind",
  "offline",
  "locked",
  "paused",
  "unprotected",
  "low-space",
  "read-only",
  "device-errors",
  "degraded",
] as const;
/** What an action link in the status bar's tooltip starts; the extension maps each to a command. */
export const healthActions = [
  "push",
  "setStore",
  "checkStore",
  "unlockStore",
  "resumePush",
  "showHealth",
  "deleteSnapshots",
  "importFolder",
  "createPool",
  "setUpHelper",
] as const;
/** The one health the agent pushes, worst finding first. */
export const Health = z.object({
  state: z.enum(healthStates),
  /** A sentence for a person. */
  message: z.string(),
  action: z.enum(healthActions).nullable(),
  /** Entries that are not in the store yet. */
  pending: z.number(),
  lastPushAt: z.string().nullable(),
});
export type Health = z.infer<typeof Health>;

export const Check = z.object({
  name: z.string(),
  ok: z.boolean(),
  message: z.string(),
  /** What mends it or, where it is `ok`, what would make it better; null when there is nothing to do. */
  remedy: z.string().nullable(),
});
export type Check = z.infer<typeof Check>;

/** What the agent may do of that which Linux lets only root do: all of it, through the helper, or nothing. */
export const privilegeModes = ["root", "helper", "none"] as const;

export const AgentInfo = z.object({
  version: z.string(),
  protocol: z.number(),
  pid: z.number(),
  home: z.string(),
  startedAt: z.string(),
  logFile: z.string(),
  privileges: z.enum(privilegeModes),
  /** What is lost for want of rights: sentences for a person, the gravest first. */
  degradations: z.array(z.string()),
});
export type AgentInfo = z.infer<typeof AgentInfo>;
