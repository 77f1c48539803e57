import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const folder = join(import.meta.dirname, "..", "data");

/** Opens data/board.sqlite, and makes its tables when they are not there. */
export function openDatabase() {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, "board.sqlite"));
  database.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS cards (
      id INTEGER PRIMARY KEY,
      title TEXT NOT NULL,
      note TEXT NOT NULL DEFAULT '',
      label TEXT NOT NULL DEFAULT 'idea',
      status TEXT NOT NULL DEFAULT 'todo',
      due TEXT,
      position REAL NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE IF NOT EXISTS visits (at TEXT NOT NULL) STRICT;
  `);
  return database;
}
