import { blobKinds, type BlobLocation } from "../blob.ts";
import type { Digest } from "../digest.ts";
import { fromRow, type GraphNode, type SnapshotGraph } from "./snapshotGraph.ts";

const chunkKind = blobKinds.chunk;

const schema = `
  CREATE TABLE IF NOT EXISTS verify_run (one INTEGER PRIMARY KEY CHECK (one = 1), run INTEGER NOT NULL,
    slots INTEGER NOT NULL, scope TEXT NOT NULL, finished INTEGER NOT NULL) STRICT;
`;

/** A blob to be read, and where it lies. */
export interface WorkItem {
  readonly node: GraphNode;
  readonly pack: Digest;
  /** Bytes in the pack. */
  readonly storedLength: number;
}

/**
 * How far a verification has come, kept beside the graph, so that one which was ended goes on where it was.
 * Chunks are dealt into slots by their names and each run checks one slot, so that as many runs as there are
 * slots check every chunk; the structure is checked by each run.
 */
export class VerifyRun {
  readonly #graph: SnapshotGraph;
  readonly run: number;
  readonly slots: number;

  private constructor(graph: SnapshotGraph, run: number, slots: number) {
    this.#graph = graph;
    this.run = run;
    this.slots = slots;
  }

  /**
   * Goes on with a run of the same kind that was not finished, or begins the next.
   * @param scope what is verified
   * @param slots 1 for everything in one run
   */
  static begin(graph: SnapshotGraph, scope: string, slots: number): VerifyRun {
    graph.db.exec(schema);
    const last = graph.db.prepare("SELECT * FROM verify_run").get();
    const isSame = last?.["slots"] === slots && last["scope"] === scope && last["finished"] === 0;
    const run = isSame ? Number(last["run"]) : Number(last?.["run"] ?? 0) + 1;
    graph.db.prepare("INSERT OR REPLACE INTO verify_run VALUES (1, ?, ?, ?, 0)").run(run, slots, scope);
    return new VerifyRun(graph, run, slots);
  }

  /** Which slot this run checks, from 0. */
  get slot(): number {
    return this.run % this.slots;
  }

  finish(): void {
    this.#graph.db.exec("UPDATE verify_run SET finished = 1");
  }

  /**
   * Makes the list of what is still to be read of what `markLive` marked; gives the bytes of it.
   * What was found wrong before is read again in any case.
   * @param locate where a blob lies, or a sentence why it is not to be had; also asked about what is not read
   */
  plan(locate: (node: GraphNode) => BlobLocation | string): number {
    const { db } = this.#graph;
    db.exec("DROP TABLE IF EXISTS temp.work");
    db.exec(
      "CREATE TEMP TABLE work (pack TEXT NOT NULL, at INTEGER NOT NULL, num INTEGER NOT NULL, stored INTEGER NOT NULL)",
    );
    const insert = db.prepare("INSERT INTO temp.work VALUES (?, ?, ?, ?)");
    const note = db.prepare("UPDATE nodes SET problem = ? WHERE num = ?");
    let bytes = 0;
    db.exec("BEGIN IMMEDIATE");
    for (const row of db.prepare("SELECT nodes.* FROM temp.live JOIN nodes USING (num)").iterate()) {
      const node = fromRow(row);
      const location = locate(node);
      if (typeof location === "string") note.run(location, node.num);
      else if (this.#isDue(node, row)) {
        insert.run(location.pack, location.offset, node.num, location.storedLength);
        bytes += location.storedLength;
      }
    }
    db.exec("COMMIT; CREATE INDEX temp.work_order ON work (pack, at)");
    return bytes;
  }

  #isDue(node: GraphNode, row: Record<string, unknown>): boolean {
    if (row["problem"] !== null) return true;
    if (row["checked_round"] === this.run) return false;
    return node.kind !== "chunk" || Number.parseInt(node.id.slice(0, 8), 16) % this.slots === this.slot;
  }

  /** The list in the order of the packs. */
  *work(): Generator<WorkItem> {
    const rows = this.#graph.db
      .prepare("SELECT nodes.*, pack, stored FROM temp.work JOIN nodes USING (num) ORDER BY pack, at")
      .iterate();
    for (const row of rows) {
      yield { node: fromRow(row), pack: String(row["pack"]), storedLength: Number(row["stored"]) };
    }
  }

  /** Records what was found of blobs; with null that they are right. */
  record(found: readonly { readonly node: GraphNode; readonly problem: string | null }[]): void {
    this.#graph.transaction(() => {
      const update = this.#graph.db.prepare("UPDATE nodes SET checked_round = ?, problem = ? WHERE num = ?");
      for (const { node, problem } of found) update.run(this.run, problem, node.num);
    });
  }

  /** What is wrong with anything below the roots, at most `limit` of it. */
  problemsBelow(roots: readonly GraphNode[], limit: number): { node: GraphNode; problem: string }[] {
    return this.#graph.db
      .prepare(
        `WITH RECURSIVE reach (num) AS (SELECT value FROM json_each(?)
           UNION SELECT child FROM edges JOIN reach ON parent = reach.num),
         everything (num) AS (SELECT num FROM reach UNION SELECT child FROM contents JOIN reach ON parent = reach.num)
         SELECT nodes.* FROM nodes WHERE problem IS NOT NULL AND num IN everything LIMIT ?`,
      )
      .all(JSON.stringify(roots.map(({ num }) => num)), limit)
      .map((row) => ({ node: fromRow(row), problem: String(row["problem"]) }));
  }

  /** Everything that is wrong, wherever it belongs, of what `markLive` marked. */
  *problems(): Generator<{ node: GraphNode; problem: string }> {
    const rows = this.#graph.db
      .prepare("SELECT nodes.* FROM nodes JOIN temp.live USING (num) WHERE problem IS NOT NULL")
      .all();
    for (const row of rows) yield { node: fromRow(row), problem: String(row["problem"]) };
  }

  /** Whether all below the roots was read: the structure in this run, each chunk in the last `slots` runs. */
  isWhole(roots: readonly GraphNode[]): boolean {
    const row = this.#graph.db
      .prepare(
        `WITH RECURSIVE reach (num) AS (SELECT value FROM json_each(?1)
           UNION SELECT child FROM edges JOIN reach ON parent = reach.num),
         everything (num) AS (SELECT num FROM reach UNION SELECT child FROM contents JOIN reach ON parent = reach.num)
         SELECT 1 FROM everything JOIN nodes USING (num)
           WHERE problem IS NOT NULL OR expanded = 0 OR COALESCE(checked_round, 0) < IIF(kind = ${chunkKind}, ?2, ?3) LIMIT 1`,
      )
      .get(JSON.stringify(roots.map(({ num }) => num)), Math.max(1, this.run - this.slots + 1), this.run);
    return row === undefined;
  }
}
