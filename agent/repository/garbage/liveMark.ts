import { blobKinds } from "../blob.ts";
import { missing, type Digest } from "../digest.ts";
import { fromRow, type GraphNode, type SnapshotGraph } from "../graph/snapshotGraph.ts";
import { walkSnapshot } from "../graph/walkSnapshot.ts";
import type { IndexObject } from "../indexFormat.ts";
import type { Repository } from "../repository.ts";
import type { StoredObject } from "../storedObjects.ts";

/** A pack, and how much of it is needed. */
export interface PackUse extends StoredObject {
  /** Bytes of the blobs that a kept snapshot needs and that this pack is to hold for all. */
  readonly liveBytes: number;
}

export interface Mark {
  readonly packs: readonly PackUse[];
  /** Blobs that a kept snapshot needs and no pack holds. */
  readonly lost: number;
}

/** Numbers from here on are those of packs that hold a blob only when no other does. */
const lastResort = 2 ** 40;
/** How often the indexes are read anew when they change meanwhile. */
const looks = 5;

/**
 * Finds what the kept snapshots need, and which packs are to hold it: of several copies of a blob one counts.
 * The answers are kept in temporary tables of the graph until the next mark.
 */
export class LiveMark {
  readonly #repository: Repository;
  readonly #graph: SnapshotGraph;
  readonly #signal: AbortSignal;
  readonly #pace: () => Promise<void> | undefined;

  constructor(parts: {
    repository: Repository;
    graph: SnapshotGraph;
    signal: AbortSignal;
    pace: () => Promise<void> | undefined;
  }) {
    this.#repository = parts.repository;
    this.#graph = parts.graph;
    this.#signal = parts.signal;
    this.#pace = parts.pace;
  }

  /**
   * @param kept manifests as PROJECT/DIGEST
   * @param leaving packs that are to hold something only when no other pack can
   * @throws ForkpointError OBJECT_MISSING, OBJECT_DAMAGED when a kept snapshot cannot be read to its end
   */
  async mark(kept: Iterable<string>, leaving: ReadonlySet<Digest>): Promise<Mark> {
    await this.#repository.index.refresh(this.#signal);
    const roots: GraphNode[] = [];
    for (const name of kept) {
      const [projectId = "", id = ""] = name.split("/");
      const manifest = await this.#repository.readManifest(projectId, id, this.#signal);
      const own = this.#graph.roots(manifest);
      await walkSnapshot(this.#graph, this.#repository.blobs, own, {
        signal: this.#signal,
        pace: this.#pace,
      });
      roots.push(...own);
    }
    this.#graph.markLive(roots);
    const packs = await this.#takePacks(leaving);
    await this.#takeCopies(packs);
    return this.#result();
  }

  /** The blobs that a pack is to hold for all, in the order of the pack. */
  *heldBy(pack: Digest): Generator<GraphNode> {
    const rows = this.#graph.db
      .prepare(
        `SELECT nodes.* FROM temp.packs p JOIN temp.copies c ON c.pack = p.num
           JOIN temp.holders h ON h.node = c.node AND h.pack = p.num
           JOIN nodes ON nodes.num = c.node WHERE p.id = ? ORDER BY c.at`,
      )
      .all(pack);
    for (const row of rows) yield fromRow(row);
  }

  /** Lists what is in the store; gives the sizes by number and the numbers by name. */
  async #takePacks(leaving: ReadonlySet<Digest>): Promise<Map<Digest, { num: number; size: number }>> {
    const { db } = this.#graph;
    db.exec(`DROP TABLE IF EXISTS temp.packs; CREATE TEMP TABLE packs (num INTEGER PRIMARY KEY, id TEXT NOT NULL,
      size INTEGER NOT NULL, modified REAL NOT NULL)`);
    const insert = db.prepare("INSERT INTO temp.packs VALUES (?, ?, ?, ?)");
    const packs = new Map<Digest, { num: number; size: number }>();
    for await (const { id, size, modifiedAt } of this.#repository.objects.packs(this.#signal)) {
      const num = packs.size + (leaving.has(id) ? lastResort : 0);
      packs.set(id, { num, size });
      insert.run(num, id, size, modifiedAt);
      await this.#pace();
    }
    return packs;
  }

  /** Reads from all indexes which pack holds which blob that is needed. */
  async #takeCopies(packs: ReadonlyMap<Digest, { num: number; size: number }>): Promise<void> {
    const { db } = this.#graph;
    const superseded = await this.#freshCopies(async (id, index) => {
      const find = db.prepare("SELECT num FROM nodes JOIN temp.live USING (num) WHERE id = ? AND kind = ?");
      const insert = db.prepare("INSERT OR IGNORE INTO temp.copies VALUES (?, ?, ?, ?, ?)");
      for (const pack of index.packs) {
        await this.#pace();
        const present = packs.get(pack.id);
        // A pack that is gone or cut off holds nothing for sure.
        if (present?.size !== pack.size) continue;
        for (const { kind, id: blob, offset, storedLength } of pack.records) {
          const row = find.get(Buffer.from(blob, "hex"), blobKinds[kind]);
          if (row) insert.run(Number(row["num"]), present.num, offset, storedLength, id);
        }
      }
    });
    const drop = db.prepare("DELETE FROM temp.copies WHERE told_by = ?");
    for (const id of superseded) drop.run(id);
    db.exec(`DROP TABLE IF EXISTS temp.holders;
      CREATE TEMP TABLE holders (node INTEGER PRIMARY KEY, pack INTEGER NOT NULL);
      INSERT INTO temp.holders SELECT node, MIN(pack) FROM temp.copies GROUP BY node`);
  }

  /** Calls back with every index; starts over when one vanished that had been listed. */
  async #freshCopies(take: (id: Digest, index: IndexObject) => Promise<void>): Promise<Set<Digest>> {
    const { index } = this.#repository;
    for (let attempt = 1; ; attempt++) {
      this.#graph.db.exec(`DROP TABLE IF EXISTS temp.copies; CREATE TEMP TABLE copies (node INTEGER NOT NULL,
        pack INTEGER NOT NULL, at INTEGER NOT NULL, stored INTEGER NOT NULL, told_by TEXT NOT NULL)`);
      const superseded = new Set<Digest>();
      let gone: Digest | null = null;
      for (const id of await index.list(this.#signal)) {
        const found = await index.read(id, this.#signal);
        if (!found) {
          gone = id;
          break;
        }
        for (const old of found.supersedes) superseded.add(old);
        await take(id, found);
      }
      if (gone === null) return superseded;
      if (attempt === looks) throw missing(`index ${gone}`);
    }
  }

  #result(): Mark {
    const { db } = this.#graph;
    const rows = db
      .prepare(
        `SELECT p.*, COALESCE(SUM(one.stored), 0) AS live FROM temp.packs p
           LEFT JOIN (SELECT c.node, c.pack, MAX(c.stored) AS stored FROM temp.copies c
             JOIN temp.holders h ON h.node = c.node AND h.pack = c.pack GROUP BY c.node, c.pack) one
           ON one.pack = p.num GROUP BY p.num ORDER BY p.id`,
      )
      .all();
    const lost = db
      .prepare("SELECT COUNT(*) AS lost FROM temp.live WHERE num NOT IN (SELECT node FROM temp.holders)")
      .get();
    return {
      packs: rows.map((row) => ({
        id: String(row["id"]),
        size: Number(row["size"]),
        modifiedAt: Number(row["modified"]),
        liveBytes: Number(row["live"]),
      })),
      lost: Number(lost?.["lost"]),
    };
  }
}
