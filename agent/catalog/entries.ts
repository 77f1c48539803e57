import { idCharacters } from "../host/ids.ts";
import type { EntryFilter } from "../protocol/entry.ts";
import type { Catalog, Row } from "./catalog.ts";
import { number, text, textOrNull } from "./columns.ts";
import { entryCondition } from "./entryCondition.ts";
import {
  type EntryChange,
  type EntryMoment,
  type EntryRow,
  changeColumns,
  entryOf,
  selectEntries,
} from "./entryRow.ts";

const isNotDurable = "project_id = ? AND deleted_at IS NULL AND durability NOT IN ('durable', 'verified')";

/** The entries of every timeline. Deleted ones stay as tombstones, so that lineage can be followed. */
export class Entries {
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  add(entry: Omit<EntryRow, "seq">): void {
    this.#catalog.write(
      `INSERT INTO entries (snapshot_id, project_id, parent_id, cause, author, label, note, pinned,
         created_at, durability, manifest_digest, guard_id, verified_at, problem, tests, named,
         restored, rebuilt_from)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      entry.snapshotId,
      entry.projectId,
      entry.parentId,
      entry.cause,
      entry.author,
      entry.label,
      entry.note,
      entry.pinned ? 1 : 0,
      entry.createdAt,
      entry.durability,
      entry.manifestDigest,
      entry.guardId,
      entry.verifiedAt,
      entry.problem,
      entry.tests,
      entry.named ? 1 : 0,
      entry.restored && JSON.stringify(entry.restored),
      entry.rebuiltFrom,
    );
  }

  find(projectId: string, snapshotId: string): EntryRow | undefined {
    const row = this.#catalog.get(
      `${selectEntries} WHERE project_id = ? AND snapshot_id = ? AND deleted_at IS NULL`,
      projectId,
      snapshotId,
    );
    return row && this.#fromRow(row);
  }

  /** Of an entry that is in the timeline, or was. */
  labelOf(projectId: string, snapshotId: string): string | null {
    const sql = "SELECT label FROM entries WHERE project_id = ? AND snapshot_id = ?";
    const row = this.#catalog.get(sql, projectId, snapshotId);
    return row ? textOrNull(row, "label") : null;
  }

  /** Whether it is in the timeline, or was. */
  knows(projectId: string, snapshotId: string): boolean {
    const sql = "SELECT 1 FROM entries WHERE project_id = ? AND snapshot_id = ?";
    return this.#catalog.get(sql, projectId, snapshotId) !== undefined;
  }

  /** Whether it is in the timeline. */
  isLiving(projectId: string, snapshotId: string): boolean {
    const sql = "SELECT 1 FROM entries WHERE project_id = ? AND snapshot_id = ? AND deleted_at IS NULL";
    return this.#catalog.get(sql, projectId, snapshotId) !== undefined;
  }

  /** Living entries whose id begins with `prefix`; at most two, which is enough to tell "not unique". */
  byPrefix(projectId: string, prefix: string): EntryRow[] {
    return this.#catalog
      .all(
        `${selectEntries} WHERE project_id = ? AND substr(snapshot_id, 1, ?) = ?
           AND deleted_at IS NULL LIMIT 2`,
        projectId,
        prefix.length,
        prefix,
      )
      .map((row) => this.#fromRow(row));
  }

  /** Deleted entries that are still on the disk or that the store had all of, whose id begins with `prefix`; at most two. */
  gone(projectId: string, prefix: string): EntryRow[] {
    return this.#catalog
      .all(
        `${selectEntries} WHERE project_id = ? AND substr(snapshot_id, 1, ?) = ? AND deleted_at IS NOT NULL
           AND (kept_until IS NOT NULL OR durability IN ('durable', 'verified') AND manifest_digest IS NOT NULL)
           LIMIT 2`,
        projectId,
        prefix.length,
        prefix,
      )
      .map((row) => this.#fromRow(row));
  }

  /** Newest first; only those older than `before` (a seq), and those a filter wants, when given. */
  list(
    projectId: string,
    options: { before?: number; limit?: number; filter?: EntryFilter | undefined } = {},
  ): EntryRow[] {
    const wanted = entryCondition(options.filter ?? {}, projectId);
    return this.#catalog
      .all(
        `${selectEntries} WHERE project_id = ? AND deleted_at IS NULL AND seq < ? AND ${wanted.sql}
           ORDER BY seq DESC LIMIT ?`,
        projectId,
        options.before ?? Number.MAX_SAFE_INTEGER,
        ...wanted.values,
        options.limit ?? -1,
      )
      .map((row) => this.#fromRow(row));
  }

  /** How many living entries a filter wants. */
  count(projectId: string, filter: EntryFilter): number {
    const wanted = entryCondition(filter, projectId);
    const row = this.#catalog.get(
      `SELECT count(*) AS amount FROM entries WHERE project_id = ? AND deleted_at IS NULL AND ${wanted.sql}`,
      projectId,
      ...wanted.values,
    );
    return row ? number(row, "amount") : 0;
  }

  /** Living entries, oldest first. */
  moments(projectId: string): EntryMoment[] {
    return this.#catalog
      .all(
        `SELECT seq, snapshot_id, created_at, brought_back FROM entries
           WHERE project_id = ? AND deleted_at IS NULL ORDER BY seq`,
        projectId,
      )
      .map((row) => ({
        seq: number(row, "seq"),
        snapshotId: text(row, "snapshot_id"),
        createdAt: number(row, "created_at"),
        broughtBack: number(row, "brought_back") === 1,
      }));
  }

  /** The place of an entry that is in the timeline, or was. */
  seqOf(projectId: string, snapshotId: string): number | undefined {
    const sql = "SELECT seq FROM entries WHERE project_id = ? AND snapshot_id = ?";
    const row = this.#catalog.get(sql, projectId, snapshotId);
    return row && number(row, "seq");
  }

  /** How many characters of an id, at least `atLeast`, tell all living entries of a project apart. */
  idLength(projectId: string, atLeast: number): number {
    const sql = `SELECT count(*) = count(DISTINCT substr(snapshot_id, 1, ?)) AS apart FROM entries
      WHERE project_id = ? AND deleted_at IS NULL`;
    let length = atLeast;
    while (length < idCharacters && this.#catalog.get(sql, length, projectId)?.["apart"] !== 1) length++;
    return length;
  }

  /** Living entries, of any project, whose copy is this manifest. */
  byManifest(manifestDigest: string): EntryRow[] {
    return this.#catalog
      .all(`${selectEntries} WHERE manifest_digest = ? AND deleted_at IS NULL`, manifestDigest)
      .map((row) => this.#fromRow(row));
  }

  /** Living entries of all projects that the store has all of. */
  stored(): EntryRow[] {
    return this.#catalog
      .all(`${selectEntries} WHERE deleted_at IS NULL AND durability IN ('durable', 'verified')`)
      .map((row) => this.#fromRow(row));
  }

  /** Living entries of a project that the store has all of, newest first; each is looked for when it is asked for. */
  *storedNewestFirst(projectId: string): Iterable<EntryRow> {
    for (let before = Number.MAX_SAFE_INTEGER; ;) {
      const row = this.#catalog.get(
        `${selectEntries} WHERE project_id = ? AND deleted_at IS NULL AND seq < ?
           AND durability IN ('durable', 'verified') ORDER BY seq DESC LIMIT 1`,
        projectId,
        before,
      );
      if (!row) return;
      before = number(row, "seq");
      yield this.#fromRow(row);
    }
  }

  /** Living entries that were rebuilt from another project's manifest, newest first. */
  rebuilt(projectId: string): { snapshotId: string; rebuiltFrom: string }[] {
    const sql = `SELECT snapshot_id, rebuilt_from FROM entries
      WHERE project_id = ? AND deleted_at IS NULL AND rebuilt_from IS NOT NULL ORDER BY seq DESC`;
    return this.#catalog
      .all(sql, projectId)
      .map((row) => ({ snapshotId: text(row, "snapshot_id"), rebuiltFrom: text(row, "rebuilt_from") }));
  }

  /** The ids of what a push has still to do, oldest first. */
  notDurable(projectId: string): string[] {
    const sql = `SELECT snapshot_id FROM entries WHERE ${isNotDurable} ORDER BY seq`;
    return this.#catalog.all(sql, projectId).map((row) => text(row, "snapshot_id"));
  }

  /** How many entries a push has still to do. */
  countNotDurable(projectId: string): number {
    const row = this.#catalog.get(`SELECT count(*) AS amount FROM entries WHERE ${isNotDurable}`, projectId);
    return row ? number(row, "amount") : 0;
  }

  /**
   * The oldest entry that a push has still to do.
   * @param after a seq: only those newer than it
   * @param except ids of others that are passed over
   */
  oldestNotDurable(
    projectId: string,
    { after, except }: { readonly after: number; readonly except: Iterable<string> },
  ): EntryRow | undefined {
    const row = this.#catalog.get(
      `${selectEntries} WHERE ${isNotDurable} AND seq > ?
         AND snapshot_id NOT IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT 1`,
      projectId,
      after,
      JSON.stringify([...except]),
    );
    return row && this.#fromRow(row);
  }

  change(projectId: string, snapshotId: string, change: EntryChange): void {
    for (const [field, value] of Object.entries(change)) {
      const column = changeColumns[field as keyof typeof changeColumns];
      this.#catalog.write(
        `UPDATE entries SET ${column} = ? WHERE project_id = ? AND snapshot_id = ?`,
        typeof value === "boolean" ? Number(value) : value,
        projectId,
        snapshotId,
      );
    }
  }

  /** Forgets uploads that a stopped agent left unfinished: what was uploading is local again. */
  resetUploads(): void {
    this.#catalog.write("UPDATE entries SET durability = 'local' WHERE durability = 'uploading'");
  }

  /** Makes every entry of every project local again: no store is known to hold any. */
  forgetStored(): void {
    this.#catalog.write(
      `UPDATE entries SET durability = 'local', manifest_digest = NULL, verified_at = NULL, problem = NULL,
         rebuilt_from = NULL`,
    );
  }

  /**
   * Hides the entry; its row stays for the lineage of its children.
   * @param keptUntil until when it can be brought back; null when its snapshot goes at once
   */
  bury(projectId: string, snapshotId: string, now: number, keptUntil: number | null = null): void {
    this.#catalog.write(
      "UPDATE entries SET deleted_at = ?, kept_until = ? WHERE project_id = ? AND snapshot_id = ?",
      now,
      keptUntil,
      projectId,
      snapshotId,
    );
  }

  /** Shows an entry again, in its old place, whose snapshot was rebuilt from the store. */
  revive(projectId: string, snapshotId: string): void {
    // It has blocks of its own now.
    this.#catalog.write(
      "DELETE FROM extent_changes WHERE project_id = ?1 AND (snapshot_id = ?2 OR before_id = ?2)",
      projectId,
      snapshotId,
    );
    this.#catalog.write(
      `UPDATE entries SET deleted_at = NULL, kept_until = NULL, brought_back = 1
         WHERE project_id = ? AND snapshot_id = ?`,
      projectId,
      snapshotId,
    );
  }

  /** Shows an entry again, in its old place, whose snapshot has never left the disk. */
  undelete(projectId: string, snapshotId: string): void {
    this.#catalog.write(
      "UPDATE entries SET deleted_at = NULL, kept_until = NULL WHERE project_id = ? AND snapshot_id = ?",
      projectId,
      snapshotId,
    );
  }

  /** The nearest living entry at or above `snapshotId`; null when the whole line is gone. */
  livingAncestor(projectId: string, snapshotId: string | null): string | null {
    const row = this.#catalog.get(
      `WITH RECURSIVE line (snapshot_id, parent_id, deleted_at, depth) AS (
         SELECT snapshot_id, parent_id, deleted_at, 0 FROM entries WHERE project_id = ?1 AND snapshot_id = ?2
         UNION ALL
         SELECT e.snapshot_id, e.parent_id, e.deleted_at, depth + 1 FROM entries e
           JOIN line l ON e.snapshot_id = l.parent_id
           WHERE e.project_id = ?1 AND l.deleted_at IS NOT NULL)
       SELECT snapshot_id FROM line WHERE deleted_at IS NULL ORDER BY depth LIMIT 1`,
      projectId,
      snapshotId,
    );
    return row ? text(row, "snapshot_id") : null;
  }

  #fromRow(row: Row): EntryRow {
    return entryOf(row, (projectId, snapshotId) => this.livingAncestor(projectId, snapshotId));
  }
}
