import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ForkpointError } from "../protocol/errors.ts";

/** https://www.sqlite.org/rescode.html#busy */
const sqliteBusy = 5;
const waitMs = 60_000;

/**
 * Lets one call at a time change where a user's pools are: an exclusive transaction on a file, which the
 * kernel ends with this process however it ends, or the returned function.
 * @throws ForkpointError POOL_IN_USE when another call of the user takes longer than a minute
 */
export function takeCallLock(locks: string, uid: number): () => void {
  const db = new DatabaseSync(join(locks, `${uid}.sqlite`), { timeout: waitMs });
  try {
    db.exec("BEGIN EXCLUSIVE");
  } catch (thrown) {
    db.close();
    if ((thrown as { errcode?: number }).errcode !== sqliteBusy) throw thrown;
    throw new ForkpointError("POOL_IN_USE", "Another call for your pools is still under way.", {
      hint: "Wait until it has ended, then try again.",
    });
  }
  return () => db.close();
}
