import { DatabaseSync, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { ForkpointError } from "../protocol/errors.ts";
import { fold } from "./fold.ts";
import { migrations } from "./schema.ts";

export type Row = Record<string, SQLOutputValue>;

/** "FKPT": marks a SQLite file as a catalog of ours. */
const applicationId = 0x464b5054;

/**
 * What this machine knows, in one SQLite file. A transaction that returned is on the disk
 * (synchronous=FULL), so nothing is lost by a kill or a power cut.
 */
export class Catalog {
  readonly db: DatabaseSync;
  #depth = 0;
  /** By their SQL: of the few that there are, some run several times for each row of a page. */
  readonly #statements = new Map<string, StatementSync>();

  private constructor(db: DatabaseSync) {
    this.db = db;
    db.function("fold", { deterministic: true }, (value) => (typeof value === "string" ? fold(value) : null));
  }

  /**
   * Opens the catalog, making it or bringing it up to date as needed.
   * @throws ForkpointError CATALOG_NEWER, CATALOG_DAMAGED
   */
  static open(file: string): Catalog {
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(file);
      const catalog = new Catalog(db);
      // Before anything is set: what is not ours to use stays as it is, to the byte.
      const version = catalog.#usableVersion(file);
      db.exec(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000",
      );
      catalog.#migrate(version);
      return catalog;
    } catch (thrown) {
      db?.close();
      if (thrown instanceof ForkpointError) throw thrown;
      throw new ForkpointError("CATALOG_DAMAGED", `The catalog ${file} cannot be read.`, { cause: thrown });
    }
  }

  /** Runs `work` as one transaction; inside another one it becomes part of it. */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.db.exec("BEGIN IMMEDIATE");
    this.#depth++;
    try {
      const result = work();
      this.db.exec("COMMIT");
      return result;
    } catch (thrown) {
      this.db.exec("ROLLBACK");
      throw thrown;
    } finally {
      this.#depth--;
    }
  }

  /** Runs a statement that writes and says how many rows it touched. */
  write(sql: string, ...values: (string | number | null | Uint8Array)[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  all(sql: string, ...values: (string | number | null)[]): Row[] {
    return this.#statement(sql).all(...values);
  }

  get(sql: string, ...values: (string | number | null)[]): Row | undefined {
    return this.#statement(sql).get(...values);
  }

  close(): void {
    this.db.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const made = this.db.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  #usableVersion(file: string): number {
    const version = Number(this.get("PRAGMA user_version")?.["user_version"]);
    const id = Number(this.get("PRAGMA application_id")?.["application_id"]);
    if (version > migrations.length) {
      throw new ForkpointError("CATALOG_NEWER", `The catalog ${file} was written by a newer Forkpoint.`);
    }
    if (version > 0 && id !== applicationId) {
      throw new ForkpointError("CATALOG_DAMAGED", `The file ${file} is not a Forkpoint catalog.`);
    }
    return version;
  }

  #migrate(version: number): void {
    this.transaction(() => {
      for (const step of migrations.slice(version)) this.db.exec(step);
      this.db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}`);
    });
  }
}
