import { ForkpointError } from "../../protocol/errors.ts";
import { blobKinds } from "../blob.ts";
import type { Digest } from "../digest.ts";
import { fromRow, type GraphNode, type SnapshotGraph } from "../graph/snapshotGraph.ts";
import { isProblem, walkSnapshot } from "../graph/walkSnapshot.ts";
import type { IndexObject } from "../indexFormat.ts";
import type { Repository } from "../repository.ts";
import type { StoredObject } from "../storedObjects.ts";
import { UnfoundIndexes } from "../unfoundIndexes.ts";

/** A pack, and how much of it is needed. */
export interface PackUse extends StoredObject {
  /** Bytes of the blobs that a kept snapshot needs and that this pack is to hold for all. */
  readonly liveBytes: number;
  /** How many these are. */
  readonly liveBlobs: number;
}

export interface Mark {
  readonly packs: readonly PackUse[];
  /** Snapshots that are not whole, by PROJECT/DIGEST. What they need is not marked. */
  readonly broken: ReadonlyMap<string, Broken>;
  /** Which snapshot each of the others is: PROJECT/SNAPSHOT. */
  readonly whole: ReadonlyMap<string, string>;
}

export interface Broken {
  /** PROJECT/SNAPSHOT; null when its manifest cannot be read. */
  readonly snapshot: string | null;
  readonly why: string;
}

interface Walked {
  readonly name: string;
  /** PROJECT/SNAPSHOT. */
  readonly snapshot: string;
  readonly roots: readonly GraphNode[];
}

/** Numbers from here on are those of packs that hold a blob only when no other does. */
const lastResort = 2 ** 40;

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
   * @throws ForkpointError OBJECT_MISSING, OBJECT_DAMAGED of an index, STORE_*
   */
  async mark(kept: Iterable<string>, leaving: ReadonlySet<Digest>): Promise<Mark> {
    await this.#repository.index.refresh(this.#signal);
    const broken = new Map<string, Broken>();
    let walked: Walked[] = [];
    for (const name of kept) {
      const found = await this.#walk(name);
      if (found && "why" in found) broken.set(name, found);
      else if (found) walked.push(found);
    }
    const packs = await this.#takePacks(leaving);
    for (;;) {
      this.#graph.markLive(walked.flatMap(({ roots }) => roots));
      await this.#takeCopies(packs);
      const incomplete = this.#withLostBlobs(walked);
      if (incomplete.size === 0) break;
      for (const { name, snapshot } of walked) {
        if (!incomplete.has(name)) continue;
        broken.set(name, { snapshot, why: `a part of the snapshot ${snapshot} is in no pack` });
      }
      walked = walked.filter(({ name }) => !incomplete.has(name));
    }
    const whole = new Map(walked.map(({ name, snapshot }) => [name, snapshot]));
    return { packs: this.#packUses(), broken, whole };
  }

  /** null when it is not there any more: whoever pushed it took it back. */
  async #walk(name: string): Promise<Walked | Broken | null> {
    const [projectId = "", id = ""] = name.split("/");
    let snapshot: string | null = null;
    try {
      const manifest = await ifThere(this.#repository.readManifest(projectId, id, this.#signal));
      if (!manifest) return null;
      snapshot = `${projectId}/${manifest.snapshotId}`;
      const roots = this.#graph.roots(manifest);
      const options = { signal: this.#signal, pace: this.#pace };
      await walkSnapshot(this.#graph, this.#repository.blobs, roots, options);
      return { name, snapshot, roots };
    } catch (thrown) {
      if (!(thrown instanceof ForkpointError) || !isProblem(thrown)) throw thrown;
      return { snapshot, why: thrown.message.replace(/\.$/, "") };
    }
  }

  #withLostBlobs(walked: readonly Walked[]): Set<string> {
    const { db } = this.#graph;
    db.exec(`DROP TABLE IF EXISTS temp.lost; CREATE TEMP TABLE lost (num INTEGER PRIMARY KEY);
      INSERT INTO temp.lost SELECT num FROM temp.live WHERE num NOT IN (SELECT node FROM temp.holders)`);
    if (!db.prepare("SELECT 1 FROM temp.lost LIMIT 1").get()) return new Set();
    const needsLost = db.prepare(
      `WITH RECURSIVE reach (num) AS (SELECT value FROM json_each(?)
         UNION SELECT child FROM edges JOIN reach ON parent = reach.num)
       SELECT 1 FROM reach WHERE num IN (SELECT num FROM temp.lost) OR EXISTS
         (SELECT 1 FROM contents WHERE parent = reach.num AND child IN (SELECT num FROM temp.lost)) LIMIT 1`,
    );
    const nums = (roots: readonly GraphNode[]) => JSON.stringify(roots.map(({ num }) => num));
    return new Set(walked.filter(({ roots }) => needsLost.get(nums(roots))).map(({ name }) => name));
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
          for (const row of find.all(Buffer.from(blob, "hex"), blobKinds[kind])) {
            insert.run(Number(row["num"]), present.num, offset, storedLength, id);
          }
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
    const unfound = new UnfoundIndexes();
    for (;;) {
      this.#graph.db.exec(`DROP TABLE IF EXISTS temp.copies; CREATE TEMP TABLE copies (node INTEGER NOT NULL,
        pack INTEGER NOT NULL, at INTEGER NOT NULL, stored INTEGER NOT NULL, told_by TEXT NOT NULL)`);
      const superseded = new Set<Digest>();
      let isWhole = true;
      for (const id of await index.list(this.#signal)) {
        const found = await index.read(id, this.#signal);
        if (!found) {
          unfound.note(id);
          isWhole = false;
          break;
        }
        for (const old of found.supersedes) superseded.add(old);
        await take(id, found);
      }
      if (isWhole) return superseded;
    }
  }

  #packUses(): PackUse[] {
    const { db } = this.#graph;
    const rows = db
      .prepare(
        `SELECT p.*, COALESCE(SUM(one.stored), 0) AS live, COUNT(one.node) AS blobs FROM temp.packs p
           LEFT JOIN (SELECT c.node, c.pack, MAX(c.stored) AS stored FROM temp.copies c
             JOIN temp.holders h ON h.node = c.node AND h.pack = c.pack GROUP BY c.node, c.pack) one
           ON one.pack = p.num GROUP BY p.num ORDER BY p.id`,
      )
      .all();
    return rows.map((row) => ({
      id: String(row["id"]),
      size: Number(row["size"]),
      modifiedAt: Number(row["modified"]),
      liveBytes: Number(row["live"]),
      liveBlobs: Number(row["blobs"]),
    }));
  }
}

/** Null instead of the failure that an object is not there. */
export async function ifThere<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (thrown) {
    if (thrown instanceof ForkpointError && thrown.code === "OBJECT_MISSING") return null;
    throw thrown;
  }
}
