import { rmSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { blobKinds, encodings, type BlobLocation, type BlobRef } from "./blob.ts";
import type { Digest } from "./digest.ts";
import type { IndexObject } from "./indexFormat.ts";

/** Raised when the tables change; a cache of another version is thrown away and built again. */
const schemaVersion = 4;

const schema = `
  CREATE TABLE indexes (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE superseded (number INTEGER NOT NULL REFERENCES indexes ON DELETE CASCADE, id TEXT NOT NULL) STRICT;
  CREATE TABLE packs (number INTEGER PRIMARY KEY, id TEXT NOT NULL, salt BLOB NOT NULL,
    index_number INTEGER NOT NULL REFERENCES indexes ON DELETE CASCADE) STRICT;
  CREATE INDEX packs_of_index ON packs (index_number);
  CREATE TABLE blobs (id BLOB NOT NULL, kind INTEGER NOT NULL, pack INTEGER NOT NULL REFERENCES packs ON DELETE CASCADE,
    encoding INTEGER NOT NULL, at INTEGER NOT NULL, stored INTEGER NOT NULL, plain INTEGER NOT NULL,
    PRIMARY KEY (id, kind, pack)) STRICT, WITHOUT ROWID;
  CREATE INDEX blobs_of_pack ON blobs (pack);
  CREATE TABLE unnamed (pack TEXT PRIMARY KEY, described BLOB NOT NULL) STRICT;
`;

interface Statements {
  readonly find: StatementSync;
  readonly insert: StatementSync;
}

/**
 * Where every blob lies, as the index objects in the store say. Only a cache: it is rebuilt from the
 * store whenever it is missing, unreadable, or of another repository. Several processes may share it. Packs
 * that no index names are written down beside; see `UnnamedPacks`.
 */
export class IndexCache {
  readonly #db: DatabaseSync;
  readonly #statements: Statements;

  private constructor(db: DatabaseSync) {
    this.#db = db;
    this.#statements = {
      find: db.prepare(
        `SELECT p.id AS pack, p.salt AS salt, encoding, at, stored, plain FROM blobs b JOIN packs p ON p.number = b.pack
           WHERE b.id = ? AND kind = ?`,
      ),
      insert: db.prepare("INSERT OR IGNORE INTO blobs VALUES (?, ?, ?, ?, ?, ?, ?)"),
    };
  }

  static open(file: string, repositoryId: string): IndexCache {
    try {
      return IndexCache.#open(file, repositoryId);
    } catch {
      // Whatever is wrong with a cache, the store knows better.
      for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
      return IndexCache.#open(file, repositoryId);
    }
  }

  static #open(file: string, repositoryId: string): IndexCache {
    const db = new DatabaseSync(file);
    try {
      // A lost transaction costs one more look at the store.
      db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 10000");
      db.exec(
        "PRAGMA foreign_keys = ON; CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT) STRICT",
      );
      const wanted = `${schemaVersion} ${repositoryId}`;
      const found = db.prepare("SELECT value FROM meta WHERE key = 'repository'").get()?.["value"];
      if (found === undefined) {
        db.exec(`BEGIN IMMEDIATE; ${schema}`);
        db.prepare("INSERT INTO meta VALUES ('repository', ?)").run(wanted);
        db.exec("COMMIT");
      } else if (found !== wanted) throw new Error("The cache belongs to another repository.");
      return new IndexCache(db);
    } catch (thrown) {
      db.close();
      throw thrown;
    }
  }

  /** The ids of the index objects it has taken in. */
  indexes(): Set<Digest> {
    return new Set(
      this.#db
        .prepare("SELECT id FROM indexes")
        .all()
        .map((row) => String(row["id"])),
    );
  }

  /** Takes in an index object; once is enough. */
  add(id: Digest, index: IndexObject): void {
    this.#transaction(() => {
      const taken = this.#db.prepare("INSERT OR IGNORE INTO indexes (id) VALUES (?)").run(id);
      if (taken.changes === 0) return;
      const number = taken.lastInsertRowid;
      for (const old of index.supersedes) {
        this.#db.prepare("INSERT INTO superseded VALUES (?, ?)").run(number, old);
      }
      const addPack = this.#db.prepare("INSERT INTO packs (id, salt, index_number) VALUES (?, ?, ?)");
      for (const pack of index.packs) {
        const packNumber = addPack.run(pack.id, pack.salt, number).lastInsertRowid;
        for (const { kind, id: blob, encoding, offset, storedLength, plainLength } of pack.records) {
          this.#statements.insert.run(
            Buffer.from(blob, "hex"),
            blobKinds[kind],
            packNumber,
            encodings[encoding],
            offset,
            storedLength,
            plainLength,
          );
        }
      }
    });
  }

  /** Forgets every index object that is not in `present`, with all it said. */
  keepOnly(present: ReadonlySet<Digest>): void {
    const gone = [...this.indexes()].filter((id) => !present.has(id));
    if (gone.length === 0) return;
    this.#transaction(() => {
      for (const id of gone) this.#db.prepare("DELETE FROM indexes WHERE id = ?").run(id);
    });
  }

  /** The index objects that another one replaces. */
  superseded(): Set<Digest> {
    return new Set(
      this.#db
        .prepare("SELECT id FROM superseded")
        .all()
        .map((row) => String(row["id"])),
    );
  }

  /** @param avoid packs that do not count */
  find({ kind, id }: BlobRef, avoid?: ReadonlySet<Digest>): BlobLocation | null {
    const rows = this.#statements.find.all(Buffer.from(id, "hex"), blobKinds[kind]);
    const row = rows.find((each) => !avoid?.has(String(each["pack"])));
    if (!row) return null;
    return {
      kind,
      id,
      pack: String(row["pack"]),
      salt: bytesOf(row["salt"]),
      encoding: row["encoding"] === encodings.zstd ? "zstd" : "raw",
      offset: Number(row["at"]),
      storedLength: Number(row["stored"]),
      plainLength: Number(row["plain"]),
    };
  }

  /** Whether an index names the pack. */
  names(pack: Digest): boolean {
    return this.#db.prepare("SELECT 1 FROM packs WHERE id = ?").get(pack) !== undefined;
  }

  /** @param described the pack as an index would describe it */
  addUnnamed(pack: Digest, described: Uint8Array): void {
    this.#db.prepare("INSERT OR REPLACE INTO unnamed VALUES (?, ?)").run(pack, described);
  }

  removeUnnamed(packs: readonly Digest[]): void {
    const remove = this.#db.prepare("DELETE FROM unnamed WHERE pack = ?");
    this.#transaction(() => {
      for (const pack of packs) remove.run(pack);
    });
  }

  unnamed(): Buffer[] {
    return this.#db
      .prepare("SELECT described FROM unnamed")
      .all()
      .map((row) => bytesOf(row["described"]));
  }

  close(): void {
    this.#db.close();
  }

  #transaction(work: () => void): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#db.exec("COMMIT");
    } catch (thrown) {
      this.#db.exec("ROLLBACK");
      throw thrown;
    }
  }
}

function bytesOf(value: unknown): Buffer {
  return value instanceof Uint8Array ? Buffer.from(value) : Buffer.alloc(0);
}
