import { z } from "zod";
import { ActCause, ActChange, ActOutcome } from "../protocol/acts.ts";
import type { Catalog, Row } from "./catalog.ts";
import { number, numberOrNull, text, textOrNull } from "./columns.ts";

const Outcome = z.enum(["running", ...ActOutcome.options]);

/** What was done between two entries. Times are milliseconds since 1970. */
export interface ActRow {
  readonly actId: string;
  readonly projectId: string;
  readonly cause: ActCause;
  readonly what: string;
  readonly beforeId: string;
  /** Whether the entry before was made for it. */
  readonly beforeTaken: boolean;
  /** Null while it goes on, and when it changed nothing. */
  readonly afterId: string | null;
  readonly outcome: z.infer<typeof Outcome>;
  readonly exitCode: number | null;
  readonly beganAt: number;
  readonly endedAt: number | null;
  /** Null until it was counted. */
  readonly change: ActChange | null;
}

/** The acts of every timeline: what led from one entry to another. */
export class Acts {
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** Adds an act, or writes it anew. */
  put(act: ActRow): void {
    this.#catalog.write(
      `INSERT OR REPLACE INTO acts (act_id, project_id, cause, what, before_id, before_taken, after_id, outcome,
         exit_code, began_at, ended_at, change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      act.actId,
      act.projectId,
      act.cause,
      act.what,
      act.beforeId,
      act.beforeTaken ? 1 : 0,
      act.afterId,
      act.outcome,
      act.exitCode,
      act.beganAt,
      act.endedAt,
      act.change && JSON.stringify(act.change),
    );
  }

  find(actId: string): ActRow | undefined {
    const row = this.#catalog.get("SELECT * FROM acts WHERE act_id = ?", actId);
    return row && fromRow(row);
  }

  /** What led to an entry, or else the newest that the entry was made before. */
  ofEntry(projectId: string, snapshotId: string): ActRow | undefined {
    const row = this.#catalog.get(
      // Of one with OR, SQLite would read all acts of the project.
      `SELECT * FROM (SELECT *, 1 AS led FROM acts WHERE project_id = ?1 AND after_id = ?2
           UNION ALL SELECT *, 0 AS led FROM acts WHERE project_id = ?1 AND before_id = ?2 AND before_taken = 1)
         ORDER BY led DESC, began_at DESC LIMIT 1`,
      projectId,
      snapshotId,
    );
    return row && fromRow(row);
  }

  /** What goes on. */
  running(projectId: string): ActRow[] {
    const sql = "SELECT * FROM acts WHERE project_id = ? AND outcome = 'running'";
    return this.#catalog.all(sql, projectId).map(fromRow);
  }

  /** Those of assistants. */
  turns(projectId: string): ActRow[] {
    const sql = "SELECT * FROM acts WHERE project_id = ? AND cause = 'assistant'";
    return this.#catalog.all(sql, projectId).map(fromRow);
  }

  /**
   * The newest with both entries living that nobody has counted.
   * @param except acts that are passed over for as long as they lead to the same entries
   */
  newestUncounted(except: readonly Pick<ActRow, "actId" | "afterId">[]): ActRow | undefined {
    const row = this.#catalog.get(
      `SELECT acts.* FROM acts
         JOIN entries b ON b.project_id = acts.project_id AND b.snapshot_id = before_id AND b.deleted_at IS NULL
         JOIN entries a ON a.project_id = acts.project_id AND a.snapshot_id = after_id AND a.deleted_at IS NULL
         WHERE change IS NULL AND after_id <> before_id
           AND act_id || ' ' || after_id NOT IN (SELECT value FROM json_each(?))
         ORDER BY began_at DESC LIMIT 1`,
      JSON.stringify(except.map(({ actId, afterId }) => `${actId} ${afterId}`)),
    );
    return row && fromRow(row);
  }

  /** Keeps what was counted, unless the act leads to another entry by now. */
  counted({ actId, afterId }: ActRow, change: ActChange): void {
    this.#catalog.write(
      "UPDATE acts SET change = ? WHERE act_id = ? AND after_id IS ?",
      JSON.stringify(change),
      actId,
      afterId,
    );
  }

  forget(actId: string): void {
    this.#catalog.write("DELETE FROM acts WHERE act_id = ?", actId);
  }

  /** Nobody is there any more to see the end of what an earlier agent saw begin. */
  cutOff(now: number): void {
    this.#catalog.write("UPDATE acts SET outcome = 'unknown', ended_at = ? WHERE outcome = 'running'", now);
  }

  /** Forgets acts of which neither entry is there any more. */
  sweep(projectId: string): void {
    this.#catalog.write(
      `DELETE FROM acts WHERE project_id = ?1 AND outcome <> 'running' AND NOT EXISTS (
         SELECT 1 FROM entries e WHERE e.project_id = ?1 AND e.deleted_at IS NULL
           AND (e.snapshot_id = before_id OR e.snapshot_id = after_id))`,
      projectId,
    );
  }
}

function fromRow(row: Row): ActRow {
  const change = textOrNull(row, "change");
  return {
    actId: text(row, "act_id"),
    projectId: text(row, "project_id"),
    cause: ActCause.parse(row["cause"]),
    what: text(row, "what"),
    beforeId: text(row, "before_id"),
    beforeTaken: number(row, "before_taken") === 1,
    afterId: textOrNull(row, "after_id"),
    outcome: Outcome.parse(row["outcome"]),
    exitCode: numberOrNull(row, "exit_code"),
    beganAt: number(row, "began_at"),
    endedAt: numberOrNull(row, "ended_at"),
    change: change === null ? null : ActChange.parse(JSON.parse(change)),
  };
}
