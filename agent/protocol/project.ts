import { z } from "zod";
import { RetentionRules } from "./retention.ts";

/** 1 to 63 lower-case letters, digits and hyphens; a DNS label, since previews will use it as one. */
export const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

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
