import type { Catalog, Row } from "./catalog.ts";
import { number, text, textOrNull } from "./columns.ts";

/** A registered pool. `image` is the file of a pool we made; null for one that was adopted. */
export interface PoolRow {
  readonly poolId: string;
  readonly path: string;
  readonly image: string | null;
  readonly createdAt: number;
}

export class Pools {
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  list(): PoolRow[] {
    return this.#catalog.all("SELECT * FROM pools ORDER BY created_at, rowid").map(fromRow);
  }

  find(poolId: string): PoolRow | undefined {
    const row = this.#catalog.get("SELECT * FROM pools WHERE pool_id = ?", poolId);
    return row && fromRow(row);
  }

  add(pool: PoolRow): void {
    this.#catalog.write(
      "INSERT INTO pools (pool_id, path, image, created_at) VALUES (?, ?, ?, ?)",
      pool.poolId,
      pool.path,
      pool.image,
      pool.createdAt,
    );
  }

  /** Fails while projects refer to it. */
  remove(poolId: string): void {
    this.#catalog.write("DELETE FROM pools WHERE pool_id = ?", poolId);
  }
}

function fromRow(row: Row): PoolRow {
  return {
    poolId: text(row, "pool_id"),
    path: text(row, "path"),
    image: textOrNull(row, "image"),
    createdAt: number(row, "created_at"),
  };
}
