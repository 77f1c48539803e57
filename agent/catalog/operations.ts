import { z } from "zod";
import type { Catalog, Row } from "./catalog.ts";
import { number, text } from "./columns.ts";

/** So many are remembered; the oldest go. */
const mostOperations = 10_000;

/** What each kind of operation leaves for whoever reads it, or undoes it. Paths are written as in `Change.path`. */
const Detail = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("restore"),
    targetId: z.string(),
    guardId: z.string().nullable(),
    resultId: z.string(),
    /** The first few; null for the whole workspace. */
    paths: z.array(z.string()).nullable(),
  }),
  /** `heads` says which head the workspace had and was given, when its own was deleted. */
  z.object({
    kind: z.literal("delete"),
    snapshotIds: z.array(z.string()),
    heads: z.object({ before: z.string(), after: z.string().nullable() }).nullable(),
  }),
  /** By retention. */
  z.object({ kind: z.literal("rollOff"), snapshotIds: z.array(z.string()) }),
  z.object({ kind: z.literal("undelete"), snapshotIds: z.array(z.string()) }),
  z.object({ kind: z.literal("import") }),
  z.object({
    kind: z.literal("fork"),
    from: z.object({ projectId: z.string(), slug: z.string().nullable(), snapshotId: z.string() }),
  }),
  z.object({ kind: z.literal("pull"), snapshotId: z.string() }),
  /** `isStored`: whether the store had its newest snapshot. */
  z.object({ kind: z.literal("deleteProject"), isStored: z.boolean() }),
]);
export type OperationDetail = z.infer<typeof Detail>;

export interface OperationRow {
  /** Grows with every operation of the machine. */
  readonly operationId: number;
  readonly projectId: string;
  /** As the project was called then. */
  readonly slug: string;
  readonly author: string;
  readonly at: number;
  readonly detail: OperationDetail;
}

/** What was done to projects and timelines: written in the transaction that makes it visible, also when undone later. */
export class Operations {
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** @returns its id */
  add({ projectId, slug, author, at, detail }: Omit<OperationRow, "operationId">): number {
    this.#catalog.write(
      "INSERT INTO operations (project_id, slug, author, at, kind, detail) VALUES (?, ?, ?, ?, ?, ?)",
      projectId,
      slug,
      author,
      at,
      detail.kind,
      JSON.stringify(detail),
    );
    const row = this.#catalog.get("SELECT last_insert_rowid() AS id");
    if (!row) throw new Error("SQLite gave no row id.");
    this.#catalog.write(
      "DELETE FROM operations WHERE operation_id <= (SELECT max(operation_id) FROM operations) - ?",
      mostOperations,
    );
    return number(row, "id");
  }

  find(operationId: number): OperationRow | undefined {
    const row = this.#catalog.get("SELECT * FROM operations WHERE operation_id = ?", operationId);
    return row && fromRow(row);
  }

  /**
   * Newest first; those older than `before`.
   * @param projectId of one project and of its forks' births; null for all projects
   * @param rollOffs whether what retention did is wanted, too
   */
  list(wanted: {
    readonly projectId: string | null;
    readonly before: number | undefined;
    readonly limit: number;
    readonly rollOffs: boolean;
  }): OperationRow[] {
    return this.#catalog
      .all(
        `SELECT * FROM operations WHERE operation_id < ?1
           AND (?2 IS NULL OR project_id = ?2 OR json_extract(detail, '$.from.projectId') = ?2)
           AND (?3 OR kind <> 'rollOff') ORDER BY operation_id DESC LIMIT ?4`,
        wanted.before ?? Number.MAX_SAFE_INTEGER,
        wanted.projectId,
        wanted.rollOffs ? 1 : 0,
        wanted.limit,
      )
      .map(fromRow);
  }
}

function fromRow(row: Row): OperationRow {
  return {
    operationId: number(row, "operation_id"),
    projectId: text(row, "project_id"),
    slug: text(row, "slug"),
    author: text(row, "author"),
    at: number(row, "at"),
    detail: Detail.parse(JSON.parse(text(row, "detail"))),
  };
}
