import { lstat, open } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ForkpointError } from "../protocol/errors.ts";
import type { HelperPlaces } from "../volumes/privileged/helperPlaces.ts";
import { unlessMissing } from "./rootOwned.ts";

const waitMs = 500;
/** https://www.sqlite.org/rescode.html#busy */
const sqliteBusy = 5;

export function lockFile({ lib }: HelperPlaces): string {
  return join(lib, "setup.lock");
}

/**
 * Runs `work` while no other set-up runs. The lock is an exclusive transaction on a file in the program
 * folder, which the kernel ends with the process; where there is no such folder there is nothing to guard.
 * @throws ForkpointError SETUP_BUSY
 */
export async function withSetupLock<T>(places: HelperPlaces, work: () => Promise<T>): Promise<T> {
  if ((await lstat(places.lib).catch(unlessMissing)) === undefined) return work();
  // Whoever may read the file could hold the lock.
  await (await open(lockFile(places), "a", 0o600)).close();
  const db = new DatabaseSync(lockFile(places), { timeout: waitMs });
  try {
    acquire(db);
    return await work();
  } finally {
    db.close();
  }
}

function acquire(db: DatabaseSync): void {
  try {
    // A journal on disk would be a change of the folder.
    db.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (thrown) {
    if ((thrown as { errcode?: number }).errcode !== sqliteBusy) throw thrown;
    throw new ForkpointError("SETUP_BUSY", "Another set-up runs on this machine.", { cause: thrown });
  }
}
