import type { Catalog, Row } from "./catalog.ts";
import { number, numberOrNull, text } from "./columns.ts";

/** A deleted entry whose snapshot is still on the disk. */
export interface KeptEntry {
  readonly projectId: string;
  readonly snapshotId: string;
  /** Until when it can be brought back: milliseconds since 1970. */
  readonly keptUntil: number;
}

/** The deleted entries that can still be brought back. */
export class KeptEntries {
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  find(projectId: string, snapshotId: string): KeptEntry | undefined {
    const row = this.#catalog.get(
      `SELECT project_id, snapshot_id, kept_until FROM entries
         WHERE project_id = ? AND snapshot_id = ? AND kept_until IS NOT NULL`,
      projectId,
      snapshotId,
    );
    return row && fromRow(row);
  }

  ofProject(projectId: string): KeptEntry[] {
    return this.#catalog
      .all(
        `SELECT project_id, snapshot_id, kept_until FROM entries
           WHERE project_id = ? AND kept_until IS NOT NULL ORDER BY kept_until`,
        projectId,
      )
      .map(fromRow);
  }

  /** Those whose time is over, and those on a pool of `poolIds`. */
  due(now: number, poolIds: readonly string[]): KeptEntry[] {
    return this.#catalog
      .all(
        `SELECT e.project_id, e.snapshot_id, e.kept_until FROM entries e JOIN projects p USING (project_id)
           WHERE e.kept_until IS NOT NULL AND
             (e.kept_until <= ? OR p.pool_id IN (SELECT value FROM json_each(?))) ORDER BY e.kept_until`,
        now,
        JSON.stringify(poolIds),
      )
      .map(fromRow);
  }

  /** The pools that hold any. */
  pools(): string[] {
    return this.#catalog
      .all(
        `SELECT DISTINCT p.pool_id FROM entries e JOIN projects p USING (project_id)
           WHERE e.kept_until IS NOT NULL`,
      )
      .map((row) => text(row, "pool_id"));
  }

  /** When the time of the next one is over; null when there is none. */
  nextDue(): number | null {
    const row = this.#catalog.get("SELECT min(kept_until) AS next FROM entries WHERE kept_until IS NOT NULL");
    return row ? numberOrNull(row, "next") : null;
  }

  /** It cannot be brought back any more. */
  release(projectId: string, snapshotId: string): void {
    this.#catalog.write(
      "UPDATE entries SET kept_until = NULL WHERE project_id = ? AND snapshot_id = ?",
      projectId,
      snapshotId,
    );
  }
}

function fromRow(row: Row): KeptEntry {
  return {
    projectId: text(row, "project_id"),
    snapshotId: text(row, "snapshot_id"),
    keptUntil: number(row, "kept_until"),
  };
}
