import { DatabaseSync, type StatementSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { ForkpointError } from "../../protocol/errors.ts";
import { unreadBytes } from "./bytesToRead.ts";
import { decodeNode, encodeNode } from "./nodeRecord.ts";
import type { DirectoryNode, SnapshotNode } from "./nodes.ts";

/** SQLITE_FULL, the low byte of an extended code. */
const sqliteFull = 13;
/** Of a filter with one bit for each of so many hashes of names. */
const filterBytes = 1024 * 1024;

/**
 * Nodes of a tree that memory has no room for, each under its directory's number and its name. They lie in a
 * file that SQLite makes and that has no name: it goes with the process, however that ends, so nothing is ever committed. A database, since a
 * stream names the files of a snapshot in the order they were made, which may be any. All of it throws DISK_FULL
 * when there is no room for the file.
 */
export class NodeSpill {
  readonly #db = new DatabaseSync("");
  readonly #put: StatementSync;
  readonly #take: StatementSync;
  readonly #some: StatementSync;
  readonly #all: StatementSync;
  /** Most names that are asked for have never been here: a stream makes them. */
  readonly #filter = new Uint8Array(filterBytes);

  constructor() {
    this.#db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4096;
      CREATE TABLE nodes (directory INTEGER NOT NULL, name BLOB NOT NULL, unread INTEGER NOT NULL, node BLOB NOT NULL,
        PRIMARY KEY (directory, name)) STRICT, WITHOUT ROWID;
      BEGIN`);
    this.#put = this.#db.prepare("INSERT INTO nodes VALUES (?, ?, ?, ?)");
    this.#take = this.#db.prepare("DELETE FROM nodes WHERE directory = ? AND name = ? RETURNING node");
    this.#some = this.#db.prepare("SELECT 1 FROM nodes WHERE directory = ? LIMIT 1");
    this.#all = this.#db.prepare("SELECT name, node FROM nodes WHERE directory = ?");
  }

  put(directory: number, name: string, node: SnapshotNode): void {
    const [bytes, encoded] = [Buffer.from(name, "latin1"), encodeNode(node)];
    const { at, bit } = placeOf(directory, bytes);
    this.#filter[at] = (this.#filter[at] ?? 0) | bit;
    withRoom(() => this.#put.run(directory, bytes, unreadBytes(node), encoded));
  }

  /** Takes a node out; undefined when it is not there. */
  take(directory: number, name: string, parent: DirectoryNode): SnapshotNode | undefined {
    const bytes = Buffer.from(name, "latin1");
    const { at, bit } = placeOf(directory, bytes);
    if (((this.#filter[at] ?? 0) & bit) === 0) return undefined;
    const row = withRoom(() => this.#take.get(directory, bytes));
    return row && decodeNode(bytesOf(row["node"]), parent, name);
  }

  has(directory: number): boolean {
    return this.#some.get(directory) !== undefined;
  }

  /** All of a directory, in no particular order. They stay. */
  *all(directory: number, parent: DirectoryNode): Generator<[string, SnapshotNode]> {
    for (const row of this.#all.iterate(directory)) {
      const name = Buffer.from(bytesOf(row["name"])).toString("latin1");
      yield [name, decodeNode(bytesOf(row["node"]), parent, name)];
    }
  }

  /** How many bytes of files are to be read for what lies here. */
  unreadBytes(): number {
    return Number(this.#db.prepare("SELECT total(unread) AS sum FROM nodes").get()?.["sum"]);
  }

  close(): void {
    this.#db.close();
  }
}

/** Of a name in the filter. */
function placeOf(directory: number, name: Buffer): { at: number; bit: number } {
  const hash = crc32(name, directory);
  return { at: (hash >>> 3) % filterBytes, bit: 1 << (hash & 7) };
}

/** @throws ForkpointError DISK_FULL */
function withRoom<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof Error) || !("errcode" in thrown)) throw thrown;
    if ((Number(thrown.errcode) & 0xff) !== sqliteFull) throw thrown;
    const problem =
      "There is no room for temporary files: the tree of this snapshot does not fit into memory.";
    throw new ForkpointError("DISK_FULL", problem, { cause: thrown });
  }
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new TypeError("A spilled node is no blob.");
}
