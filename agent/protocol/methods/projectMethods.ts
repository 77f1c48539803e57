import { z } from "zod";
import { compared, comparisonWish } from "../comparison.ts";
import { AgentInfo } from "../agentInfo.ts";
import { Entry } from "../entry.ts";
import { Health } from "../health.ts";
import { Pool } from "../pool.ts";
import { Operation, Project, ProjectSettings } from "../project.ts";
import { Store } from "../store.ts";
import { project, snapshotId, absolutePath, none, done, restored, volumePath } from "./shapes.ts";
import type { MethodTable } from "./methodTable.ts";

export const projectMethods = {
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

  /**
   * What differs from one project as it stands to another one as it stands, such as from what a fork was made from to the
   * fork. Both lie on one pool.
   */
  "project/compare": {
    params: z.object({
      from: project,
      to: project,
      paths: z.array(volumePath).min(1).max(10_000).optional(),
      ...comparisonWish,
    }),
    result: z.object(compared),
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
} as const satisfies MethodTable;
