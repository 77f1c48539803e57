import { DatabaseSync } from "node:sqlite";
import { ForkpointError } from "../protocol/errors.ts";

/** Two that start at the same moment may each see the other half way; SQLite's wait lets one through. */
const waitMs = 500;
/** https://www.sqlite.org/rescode.html#busy */
const sqliteBusy = 5;

/**
 * Keeps a second agent out of a home: an exclusive transaction on a file, which the kernel ends with the
 * process however that dies.
 */
export class InstanceLock {
  readonly #db: DatabaseSync;

  private constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** @throws ForkpointError AGENT_ALREADY_RUNNING */
  static acquire(file: string): InstanceLock {
    const db = new DatabaseSync(file, { timeout: waitMs });
    try {
      db.exec("BEGIN EXCLUSIVE");
      return new InstanceLock(db);
    } catch (thrown) {
      db.close();
      if ((thrown as { errcode?: number }).errcode !== sqliteBusy) throw thrown;
      throw new ForkpointError("AGENT_ALREADY_RUNNING", "Another agent runs for this home.", {
        cause: thrown,
      });
    }
  }

  release(): void {
    this.#db.close();
  }
}
