import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { ImageIdentity } from "./imageFile.ts";

/** A pool of one user. */
export interface PoolRow extends ImageIdentity {
  readonly uid: number;
  /** Where the image was when it was last seen. */
  readonly image: string;
  /** The last part of its mount point; null until it is mounted for the first time. */
  readonly name: string | null;
}

const Row = z.object({
  uid: z.number(),
  image: z.string(),
  inode: z.string(),
  born: z.string(),
  name: z.string().nullable(),
});

/** What a call is about to do, so that a later one can take it back if this one is killed. */
export const Intent = z.discriminatedUnion("kind", [
  /** `made` is a file beside the image; what tells it from others is known once it is there. */
  z.object({
    kind: z.literal("makePool"),
    folder: z.string(),
    made: z.string(),
    final: z.string(),
    file: z.object({ device: z.string(), inode: z.string(), born: z.string() }).nullable(),
  }),
  z.object({ kind: z.literal("attach"), device: z.string(), inode: z.string() }),
  z.object({ kind: z.literal("giveBack"), image: z.string(), inode: z.string(), born: z.string() }),
  z.object({ kind: z.literal("receive"), name: z.string(), directory: z.string(), staging: z.string() }),
]);
export type Intent = z.infer<typeof Intent>;

/** Whose intent it is: a number is used again, but not with the same start. */
export interface ProcessMark {
  readonly pid: number;
  /** In ticks since the machine started. */
  readonly started: string;
}

export interface IntentRow extends ProcessMark {
  readonly id: number;
  readonly uid: number;
  readonly intent: Intent;
}

const schema = `
  CREATE TABLE IF NOT EXISTS pools (
    uid INTEGER NOT NULL, image TEXT NOT NULL, inode TEXT NOT NULL, born TEXT NOT NULL, name TEXT,
    UNIQUE (inode, born), UNIQUE (uid, image), UNIQUE (uid, name)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS intents (
    id INTEGER PRIMARY KEY, uid INTEGER NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL, intent TEXT NOT NULL
  ) STRICT;
  PRAGMA user_version = 1;
`;

/** Whose which pool is, and what is under way. What was written is on the disk. */
export class Registry {
  readonly #db: DatabaseSync;

  constructor(file: string) {
    // SQLite would make it as the process's mask says; nobody else is to read even its first byte.
    closeSync(openSync(file, "a", 0o600));
    this.#db = new DatabaseSync(file, { timeout: 10_000 });
    this.#db.exec("PRAGMA synchronous = FULL");
    const version = Number(this.#db.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version === 0) this.transaction(() => this.#db.exec(schema));
  }

  transaction(work: () => void): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#db.exec("COMMIT");
    } catch (thrown) {
      this.#db.exec("ROLLBACK");
      throw thrown;
    }
  }

  /** Every pool, or those of one user. */
  pools(uid?: number): PoolRow[] {
    const rows =
      uid === undefined
        ? this.#db.prepare("SELECT * FROM pools ORDER BY uid, image").all()
        : this.#db.prepare("SELECT * FROM pools WHERE uid = ? ORDER BY image").all(uid);
    return rows.map((row) => Row.parse(row));
  }

  add({ uid, image, inode, born }: Omit<PoolRow, "name">): void {
    // A file of that user with the same name can only be one that is gone meanwhile.
    this.#db.prepare("DELETE FROM pools WHERE uid = ? AND image = ?").run(uid, image);
    this.#db
      .prepare("INSERT INTO pools (uid, image, inode, born) VALUES (?, ?, ?, ?)")
      .run(uid, image, inode, born);
  }

  place({ inode, born }: ImageIdentity, image: string, name: string | null): void {
    this.#db
      .prepare("UPDATE pools SET image = ?, name = ? WHERE inode = ? AND born = ?")
      .run(image, name, inode, born);
  }

  remove({ inode, born }: ImageIdentity): void {
    this.#db.prepare("DELETE FROM pools WHERE inode = ? AND born = ?").run(inode, born);
  }

  begin(uid: number, { pid, started }: ProcessMark, intent: Intent): number {
    const { lastInsertRowid } = this.#db
      .prepare("INSERT INTO intents (uid, pid, started, intent) VALUES (?, ?, ?, ?)")
      .run(uid, pid, started, JSON.stringify(intent));
    return Number(lastInsertRowid);
  }

  update(id: number, intent: Intent): void {
    this.#db.prepare("UPDATE intents SET intent = ? WHERE id = ?").run(JSON.stringify(intent), id);
  }

  end(id: number): void {
    this.#db.prepare("DELETE FROM intents WHERE id = ?").run(id);
  }

  /** The newest first, so that later steps are taken back before earlier ones. */
  intents(uid: number): IntentRow[] {
    const rows = this.#db.prepare("SELECT * FROM intents WHERE uid = ? ORDER BY id DESC").all(uid);
    return rows.map((row) => ({
      id: Number(row["id"]),
      uid,
      pid: Number(row["pid"]),
      started: String(row["started"]),
      intent: Intent.parse(JSON.parse(String(row["intent"]))),
    }));
  }
}
