import { rmSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { blobKindOf, blobKinds, type BlobKind } from "../blob.ts";
import type { Digest } from "../digest.ts";
import type { Manifest } from "../manifest.ts";

/**
 * A blob as what refers to it describes it: how it is to be decoded, and what it must hold. Described in two ways it is
 * two, of which one is wrong.
 */
export type GraphRef =
  | { readonly kind: "tree"; readonly id: Digest; readonly entries: number; readonly bytes: number }
  | { readonly kind: "links"; readonly id: Digest; readonly shard: null }
  | {
      readonly kind: "links";
      readonly id: Digest;
      readonly shard: number;
      readonly count: number;
      readonly bytes: number;
    }
  | { readonly kind: "list"; readonly id: Digest; readonly length: number }
  /** It holds `length` bytes at least. */
  | { readonly kind: "chunk"; readonly id: Digest; readonly length: number };

export type GraphNode = GraphRef & { readonly num: number };

/** Raised when the tables change; a cache of another version is thrown away. */
const schemaVersion = 3;
const chunkKind = blobKinds.chunk;

const schema = `
  CREATE TABLE nodes (num INTEGER PRIMARY KEY, id BLOB NOT NULL, kind INTEGER NOT NULL,
    a INTEGER NOT NULL, b INTEGER NOT NULL, c INTEGER NOT NULL, least INTEGER NOT NULL, expanded INTEGER NOT NULL,
    checked_round INTEGER, problem TEXT, UNIQUE (id, kind, a, b, c)) STRICT;
  CREATE TABLE edges (parent INTEGER NOT NULL, child INTEGER NOT NULL, PRIMARY KEY (parent, child)) STRICT, WITHOUT ROWID;
  CREATE TABLE contents (parent INTEGER NOT NULL, child INTEGER NOT NULL, PRIMARY KEY (parent, child)) STRICT, WITHOUT ROWID;
`;

/**
 * Which blobs the snapshots consist of, on this disk: what a blob refers to never changes, so what was once
 * read need not be read again. Only a cache, made anew when it is missing or unreadable. Trees, lists and
 * tables are told from chunks, of which there are many more.
 */
export class SnapshotGraph {
  readonly db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #lookUp: StatementSync;
  readonly #edge: StatementSync;
  readonly #content: StatementSync;

  private constructor(db: DatabaseSync) {
    this.db = db;
    this.#insert = db.prepare(
      // Each file that shares a chunk tells how long it must be at least.
      `INSERT INTO nodes (id, kind, a, b, c, least, expanded) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id, kind, a, b, c) DO UPDATE SET least = excluded.least, checked_round = NULL
         WHERE excluded.least > least`,
    );
    this.#lookUp = db.prepare("SELECT * FROM nodes WHERE id = ? AND kind = ? AND a = ? AND b = ? AND c = ?");
    this.#edge = db.prepare("INSERT OR IGNORE INTO edges VALUES (?, ?)");
    this.#content = db.prepare("INSERT OR IGNORE INTO contents VALUES (?, ?)");
  }

  static open(file: string): SnapshotGraph {
    try {
      return SnapshotGraph.#open(file);
    } catch {
      for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
      return SnapshotGraph.#open(file);
    }
  }

  static #open(file: string): SnapshotGraph {
    const db = new DatabaseSync(file);
    try {
      db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 10000");
      db.exec("PRAGMA temp_store = FILE; PRAGMA cache_size = -16000");
      const version = Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
      if (version === 0) db.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT`);
      else if (version !== schemaVersion) throw new Error("The cache is of another version.");
      return new SnapshotGraph(db);
    } catch (thrown) {
      db.close();
      throw thrown;
    }
  }

  /** The blobs that a manifest names itself. */
  roots({ root, links, counts }: Manifest): GraphNode[] {
    const { entries, bytes, linkedBytes } = counts;
    const refs: GraphRef[] = [{ kind: "tree", id: root.tree, entries, bytes: bytes - linkedBytes }];
    if (links !== null) refs.push({ kind: "links", id: links, shard: null });
    return this.transaction(() => refs.map((ref) => this.#node(ref)));
  }

  /** What lies below the roots and was not looked into yet. */
  unexpanded(roots: readonly GraphNode[]): GraphNode[] {
    return this.db
      .prepare(
        `WITH RECURSIVE reach (num) AS (SELECT value FROM json_each(?)
           UNION SELECT child FROM edges JOIN reach ON parent = reach.num)
         SELECT nodes.* FROM reach JOIN nodes USING (num) WHERE expanded = 0 ORDER BY num`,
      )
      .all(JSON.stringify(roots.map(({ num }) => num)))
      .map(fromRow);
  }

  /** Records what a blob refers to; gives those of its structure that were not looked into yet. */
  expand({ num }: GraphNode, refs: Iterable<GraphRef>): GraphNode[] {
    return this.transaction(() => {
      const isNew: GraphNode[] = [];
      for (const ref of refs) {
        const node = this.#node(ref);
        (node.kind === "chunk" ? this.#content : this.#edge).run(num, node.num);
        if (node.kind !== "chunk" && !node.expanded) isNew.push(node);
      }
      this.db.prepare("UPDATE nodes SET expanded = 1 WHERE num = ?").run(num);
      return isNew;
    });
  }

  /** Fills the temporary table `live (num)` with all that lies at or below the roots. */
  markLive(roots: Iterable<GraphNode>): void {
    this.db.exec("DROP TABLE IF EXISTS temp.live; DROP TABLE IF EXISTS temp.roots");
    this.db.exec("CREATE TEMP TABLE roots (num INTEGER PRIMARY KEY)");
    this.db.exec("CREATE TEMP TABLE live (num INTEGER PRIMARY KEY)");
    const add = this.db.prepare("INSERT OR IGNORE INTO temp.roots VALUES (?)");
    this.db.exec("BEGIN");
    for (const { num } of roots) add.run(num);
    this.db.exec(`COMMIT;
      INSERT INTO temp.live WITH RECURSIVE reach (num) AS (SELECT num FROM temp.roots
        UNION SELECT child FROM edges JOIN reach ON parent = reach.num) SELECT num FROM reach;
      INSERT OR IGNORE INTO temp.live SELECT child FROM contents JOIN temp.live ON parent = num`);
  }

  /** Forgets all that `markLive` did not mark. */
  forgetDead(): void {
    this.db.exec(`BEGIN IMMEDIATE;
      DELETE FROM edges WHERE parent NOT IN (SELECT num FROM temp.live);
      DELETE FROM contents WHERE parent NOT IN (SELECT num FROM temp.live);
      DELETE FROM nodes WHERE num NOT IN (SELECT num FROM temp.live);
      COMMIT`);
  }

  transaction<T>(work: () => T): T {
    this.db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.db.exec("COMMIT");
      return result;
    } catch (thrown) {
      this.db.exec("ROLLBACK");
      throw thrown;
    }
  }

  close(): void {
    this.db.close();
  }

  #node(ref: GraphRef): GraphNode & { expanded: boolean } {
    const [a, b, c] = numbersOf(ref);
    const id = Buffer.from(ref.id, "hex");
    const kind = blobKinds[ref.kind];
    const least = ref.kind === "chunk" ? ref.length : 0;
    this.#insert.run(id, kind, a, b, c, least, kind === chunkKind ? 1 : 0);
    const row = this.#lookUp.get(id, kind, a, b, c);
    return { ...ref, num: Number(row?.["num"]), expanded: row?.["expanded"] === 1 };
  }
}

function numbersOf(ref: GraphRef): [number, number, number] {
  switch (ref.kind) {
    case "tree":
      return [ref.entries, ref.bytes, 0];
    case "links":
      return ref.shard === null ? [-1, 0, 0] : [ref.shard, ref.count, ref.bytes];
    case "list":
      return [ref.length, 0, 0];
    case "chunk":
      return [0, 0, 0];
  }
}

export function fromRow(row: Record<string, unknown>): GraphNode {
  const num = Number(row["num"]);
  const id = Buffer.from(row["id"] as Uint8Array).toString("hex");
  const kind: BlobKind | undefined = blobKindOf(Number(row["kind"]));
  const [a, b, c] = [Number(row["a"]), Number(row["b"]), Number(row["c"])];
  switch (kind) {
    case "tree":
      return { num, kind, id, entries: a, bytes: b };
    case "links":
      return a === -1 ? { num, kind, id, shard: null } : { num, kind, id, shard: a, count: b, bytes: c };
    case "list":
      return { num, kind, id, length: a };
    case "chunk":
      return { num, kind, id, length: Number(row["least"]) };
    case undefined:
      throw new Error("The cache holds an unknown kind of blob.");
  }
}
