import { DatabaseSync } from "node:sqlite";
import type { Clock } from "../host/clock.ts";
import { ForkpointError } from "../protocol/errors.ts";

const busy = 5;
const longestWaitMs = 60_000;

/**
 * Lets one at a time into a section, across processes. The lock is the one that SQLite takes on a file: the
 * kernel's own, so it goes with the process that held it however that ended, and needs no detection of
 * stale owners. The file stays empty and is open only while the lock is held or tried, so that it keeps no
 * disk from being unmounted.
 */
export class CommitLock {
  readonly #file: string;
  readonly #clock: Clock;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: { file: string; clock: Clock }) {
    this.#file = parts.file;
    this.#clock = parts.clock;
  }

  /**
   * Runs `work` while no other holder of the same file runs.
   * @throws ForkpointError STORE_UNREACHABLE when the lock cannot be had, and what `work` throws
   */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    // Calls of this process queue here; only the first of them competes for the file.
    const turn = this.#last.then(() => this.#runAlone(signal, work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #runAlone<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const held = await this.#acquire(signal);
    try {
      return await work();
    } finally {
      held.close();
    }
  }

  async #acquire(signal: AbortSignal): Promise<DatabaseSync> {
    const start = this.#clock.monotonic();
    for (;;) {
      signal.throwIfAborted();
      const held = this.#try();
      if (held) return held;
      if (this.#clock.monotonic() - start > longestWaitMs) {
        throw new ForkpointError("STORE_UNREACHABLE", `Another program keeps ${this.#file} locked.`, {
          hint: "Look for an agent that hangs, on this machine or another that uses the folder.",
        });
      }
      await new Promise<void>((resolve) => this.#clock.after(2 + Math.random() * 8, resolve));
    }
  }

  #try(): DatabaseSync | null {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(this.#file, { timeout: 0 });
      database.exec("BEGIN IMMEDIATE");
      return database;
    } catch (thrown) {
      database?.close();
      const code = (thrown as { errcode?: number }).errcode;
      if (code === undefined) throw thrown;
      if ((code & 0xff) === busy) return null;
      throw new ForkpointError("STORE_UNREACHABLE", `The file ${this.#file} cannot be locked.`, {
        hint: "The folder must lie on a file system that has file locks and can be written.",
        cause: thrown,
      });
    }
  }
}
