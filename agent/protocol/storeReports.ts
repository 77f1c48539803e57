import { z } from "zod";

/** What a folder of a snapshot in the store holds. */
export const RemoteFile = z.object({
  /** Written as in `Change.path`. */
  name: z.string(),
  type: z.enum(["file", "directory", "symlink", "fifo", "socket", "charDevice", "blockDevice"]),
  /** Bytes; of a directory those of the files below it; null for what has none. */
  size: z.number().nullable(),
  /** The permission bits. */
  mode: z.number(),
  uid: z.number(),
  gid: z.number(),
  modifiedAt: z.string(),
  /** Of a symbolic link. */
  target: z.string().nullable(),
});
export type RemoteFile = z.infer<typeof RemoteFile>;

/** A snapshot whose copy in the store is damaged. */
export const DamagedSnapshot = z.object({
  projectId: z.string(),
  /** null when even its manifest cannot be read. */
  slug: z.string().nullable(),
  snapshotId: z.string().nullable(),
  manifestDigest: z.string(),
  /** A sentence each for the first few things that are wrong. */
  problems: z.array(z.string()),
  /** Whether it is in a timeline of this machine, so that it can be pushed again. */
  isHere: z.boolean(),
});
export type DamagedSnapshot = z.infer<typeof DamagedSnapshot>;

export const VerifyReport = z.object({
  /** How many snapshots were looked at, and how many are now known to be whole. */
  snapshots: z.number(),
  whole: z.number(),
  /** What was read. */
  blobs: z.number(),
  bytes: z.number(),
  /** Which part of the files' bytes was read: `part` of `parts`, from 1. */
  part: z.number(),
  parts: z.number(),
  damaged: z.array(DamagedSnapshot),
  indexProblems: z.array(z.string()),
});
export type VerifyReport = z.infer<typeof VerifyReport>;

export const RepairReport = z.object({
  dryRun: z.boolean(),
  /** What was damaged before. */
  damaged: z.array(DamagedSnapshot),
  indexProblems: z.array(z.string()),
  /** What is wrong with what changes in a store: refs, keeps and the record of the collection. */
  records: z.array(
    z.object({
      problem: z.string(),
      isMended: z.boolean(),
      /** What becomes of it when it is given up, as sentences; null when another machine is not needed for it. */
      loss: z.string().nullable(),
    }),
  ),
  /** Packs that no index named, and that are named again. */
  packsIndexed: z.number(),
  /** Lost pieces of files that were put together from snapshots on this disk. */
  chunksRecovered: z.number(),
  /** Parts of snapshots that are missing or damaged. */
  badBlobs: z.number(),
  /** Snapshots of this machine that are pushed again. */
  pushedAgain: z.array(z.object({ slug: z.string(), snapshotId: z.string() })),
  /** What is damaged still; with a dry run, what no snapshot here can mend by itself. */
  left: z.array(DamagedSnapshot),
});
export type RepairReport = z.infer<typeof RepairReport>;

const amount = z.object({ manifests: z.number(), packs: z.number(), bytes: z.number() });

export const RetentionSettings = z.object({
  days: z.number().int().min(0).max(100_000),
  last: z.number().int().min(0).max(100_000),
  daily: z.number().int().min(0).max(100_000),
  weekly: z.number().int().min(0).max(100_000),
  monthly: z.number().int().min(0).max(100_000),
});
export type RetentionSettings = z.infer<typeof RetentionSettings>;

export const GcReport = z.object({
  dryRun: z.boolean(),
  retention: RetentionSettings,
  /** Snapshots that stay; null when this run did not decide about them. */
  kept: z.number().nullable(),
  /** What goes next, and why; from the dry run only. */
  snapshots: z.array(z.object({ slug: z.string(), snapshotId: z.string(), createdAt: z.string() })),
  packs: z.array(z.object({ id: z.string(), bytes: z.number(), liveBytes: z.number() })),
  deleted: amount,
  /** What is condemned, and the milliseconds until it can go; null when nothing is. */
  condemned: z.object({ manifests: z.number(), packs: z.number() }),
  dueInMs: z.number().nullable(),
});
export type GcReport = z.infer<typeof GcReport>;
