import type { Catalog, Row } from "./catalog.ts";
import { number, numberOrNull, text, textOrNull } from "./columns.ts";
import type { RetentionRules } from "../protocol/retention.ts";

export interface ForkedFrom {
  readonly projectId: string;
  readonly slug: string | null;
  readonly snapshotId: string;
}

export interface ProjectRow extends RetentionRules {
  readonly projectId: string;
  readonly slug: string;
  readonly poolId: string;
  /** The root of the live volume. */
  readonly path: string;
  readonly createdAt: number;
  readonly forkedFrom: ForkedFrom | null;
  readonly headSnapshotId: string | null;
  readonly autoSnapshotMinutes: number;
  /** For how long deleted entries can be brought back. */
  readonly undeleteHours: number;
  /** The manifest the store's ref named when we last wrote or read it. */
  readonly remoteHead: string | null;
  readonly lastPushAt: number | null;
  /**
   * Whether its snapshots are all that their manifests say. Without root's rights, a pull can have left out owners, devices
   * or attributes, and then every snapshot that grew from it lacks them.
   */
  readonly whole: boolean;
}

const ruleColumns = {
  maxSnapshots: "max_snapshots",
  keepHours: "keep_hours",
  keepDays: "keep_days",
  keepWeeks: "keep_weeks",
  keepMonths: "keep_months",
  keepAssistantDays: "keep_assistant_days",
  keepNamed: "keep_named",
} as const satisfies Record<keyof RetentionRules, string>;

const columns = {
  slug: "slug",
  path: "path",
  headSnapshotId: "head_snapshot",
  ...ruleColumns,
  autoSnapshotMinutes: "auto_snapshot_minutes",
  undeleteHours: "undelete_hours",
  remoteHead: "remote_head",
  lastPushAt: "last_push_at",
  whole: "whole",
} as const;
/** What is undefined stays as it is. */
export type ProjectChange = { readonly [K in keyof typeof columns]?: ProjectRow[K] | undefined };

export class Projects {
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  list(): ProjectRow[] {
    return this.#catalog.all("SELECT * FROM projects ORDER BY created_at, rowid").map(fromRow);
  }

  byId(projectId: string): ProjectRow | undefined {
    const row = this.#catalog.get("SELECT * FROM projects WHERE project_id = ?", projectId);
    return row && fromRow(row);
  }

  bySlug(slug: string): ProjectRow | undefined {
    const row = this.#catalog.get("SELECT * FROM projects WHERE slug = ?", slug);
    return row && fromRow(row);
  }

  /** Living projects whose volume was forked from this one. */
  forksOf(projectId: string): ProjectRow[] {
    return this.#catalog
      .all("SELECT * FROM projects WHERE forked_from_project = ? ORDER BY created_at", projectId)
      .map(fromRow);
  }

  add(project: ProjectRow): void {
    this.#catalog.write(
      `INSERT INTO projects (project_id, slug, pool_id, path, created_at, forked_from_project,
         forked_from_slug, forked_from_snapshot, head_snapshot, max_snapshots, auto_snapshot_minutes,
         undelete_hours, remote_head, last_push_at, whole) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      project.projectId,
      project.slug,
      project.poolId,
      project.path,
      project.createdAt,
      project.forkedFrom?.projectId ?? null,
      project.forkedFrom?.slug ?? null,
      project.forkedFrom?.snapshotId ?? null,
      project.headSnapshotId,
      project.maxSnapshots,
      project.autoSnapshotMinutes,
      project.undeleteHours,
      project.remoteHead,
      project.lastPushAt,
      project.whole ? 1 : 0,
    );
    this.change(project.projectId, rulesOf(project));
  }

  change(projectId: string, change: ProjectChange): void {
    for (const [field, value] of Object.entries(change)) {
      if (value === undefined) continue;
      const column = columns[field as keyof typeof columns];
      const written = typeof value === "boolean" ? Number(value) : value;
      this.#catalog.write(`UPDATE projects SET ${column} = ? WHERE project_id = ?`, written, projectId);
    }
  }

  /** Forgets what any store was known to hold of every project. */
  forgetStored(): void {
    this.#catalog.write("UPDATE projects SET remote_head = NULL, last_push_at = NULL");
  }

  /** Removes the project and all its entries. */
  remove(projectId: string): void {
    this.#catalog.write("DELETE FROM projects WHERE project_id = ?", projectId);
  }
}

function fromRow(row: Row): ProjectRow {
  const parent = textOrNull(row, "forked_from_project");
  return {
    projectId: text(row, "project_id"),
    slug: text(row, "slug"),
    poolId: text(row, "pool_id"),
    path: text(row, "path"),
    createdAt: number(row, "created_at"),
    forkedFrom:
      parent === null
        ? null
        : {
            projectId: parent,
            slug: textOrNull(row, "forked_from_slug"),
            snapshotId: text(row, "forked_from_snapshot"),
          },
    headSnapshotId: textOrNull(row, "head_snapshot"),
    ...rulesFrom(row),
    autoSnapshotMinutes: number(row, "auto_snapshot_minutes"),
    undeleteHours: number(row, "undelete_hours"),
    remoteHead: textOrNull(row, "remote_head"),
    lastPushAt: numberOrNull(row, "last_push_at"),
    whole: number(row, "whole") === 1,
  };
}

export function rulesOf(row: RetentionRules): RetentionRules {
  const { maxSnapshots, keepHours, keepDays, keepWeeks, keepMonths, keepAssistantDays, keepNamed } = row;
  return { maxSnapshots, keepHours, keepDays, keepWeeks, keepMonths, keepAssistantDays, keepNamed };
}

function rulesFrom(row: Row): RetentionRules {
  const of = (name: keyof RetentionRules) => number(row, ruleColumns[name]);
  return {
    maxSnapshots: of("maxSnapshots"),
    keepHours: of("keepHours"),
    keepDays: of("keepDays"),
    keepWeeks: of("keepWeeks"),
    keepMonths: of("keepMonths"),
    keepAssistantDays: of("keepAssistantDays"),
    keepNamed: of("keepNamed") === 1,
  };
}
