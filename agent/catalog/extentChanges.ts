import type { Catalog, Row } from "./catalog.ts";
import { bytes, number, text } from "./columns.ts";

/** What leads from the snapshot `beforeId` to `snapshotId`, which was taken after it. */
export interface ExtentChangesRow {
  readonly snapshotId: string;
  readonly beforeId: string;
  /** Who told the extents, which decides how they are named. */
  readonly source: string;
  /** Whether all of them are known. */
  readonly whole: boolean;
  /** Packed. */
  readonly extents: Uint8Array;
}

/** What snapshots hold of the disk more or less than the ones before them; found again when it is lost. */
export class ExtentChangesTable {
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** Before which snapshot the known ones were taken after, by their ids. */
  known(projectId: string, source: string): Map<string, string> {
    const sql = "SELECT snapshot_id, before_id FROM extent_changes WHERE project_id = ? AND source = ?";
    const rows = this.#catalog.all(sql, projectId, source);
    return new Map(rows.map((row) => [text(row, "snapshot_id"), text(row, "before_id")]));
  }

  find(projectId: string, snapshotId: string): ExtentChangesRow | undefined {
    const sql = "SELECT * FROM extent_changes WHERE project_id = ? AND snapshot_id = ?";
    const row = this.#catalog.get(sql, projectId, snapshotId);
    return row && fromRow(row);
  }

  put(projectId: string, { snapshotId, beforeId, source, whole, extents }: ExtentChangesRow): void {
    this.#catalog.write(
      `INSERT OR REPLACE INTO extent_changes (project_id, snapshot_id, before_id, source, whole, extents)
         VALUES (?, ?, ?, ?, ?, ?)`,
      projectId,
      snapshotId,
      beforeId,
      source,
      whole ? 1 : 0,
      extents,
    );
  }

  /** Forgets those of all other snapshots. */
  keepOnly(projectId: string, snapshotIds: readonly string[]): void {
    this.#catalog.write(
      `DELETE FROM extent_changes WHERE project_id = ? AND snapshot_id NOT IN (SELECT value FROM json_each(?))`,
      projectId,
      JSON.stringify(snapshotIds),
    );
  }
}

function fromRow(row: Row): ExtentChangesRow {
  return {
    snapshotId: text(row, "snapshot_id"),
    beforeId: text(row, "before_id"),
    source: text(row, "source"),
    whole: number(row, "whole") === 1,
    extents: bytes(row, "extents"),
  };
}
