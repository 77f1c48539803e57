import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { IntentRow } from "../catalog/intents.ts";
import type { Log } from "../host/log.ts";
import type { Btrfs } from "../volumes/btrfs.ts";
import { poolLayout } from "../volumes/layout.ts";
import type { PoolRegistry } from "./pools/poolRegistry.ts";
import { removeStaged } from "./stagingFolder.ts";

/** Deletes what interrupted operations left half made on the pools and no intent answers for. */
export class StagingSweep {
  readonly #pools: PoolRegistry;
  readonly #btrfs: Btrfs;
  readonly #log: Log;

  constructor(parts: { pools: PoolRegistry; btrfs: Btrfs; log: Log }) {
    this.#pools = parts.pools;
    this.#btrfs = parts.btrfs;
    this.#log = parts.log;
  }

  /** Sweeps every mounted pool. `intents` are those still open; what they name is kept. */
  async run(intents: readonly IntentRow[]): Promise<void> {
    const kept = intents.map((intent) => JSON.stringify(intent.payload)).join("\n");
    for (const pool of this.#pools.rows()) {
      if (!(await this.#pools.isReady(pool.poolId))) continue;
      const { staging } = poolLayout(pool.path);
      for (const name of await this.#names(staging)) {
        if (!kept.includes(name)) await this.#remove(join(staging, name));
      }
    }
  }

  async #names(staging: string): Promise<string[]> {
    try {
      return await readdir(staging);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw thrown;
    }
  }

  async #remove(path: string): Promise<void> {
    try {
      await removeStaged(this.#btrfs, path);
      this.#log.info("swept a half-made volume", { path });
    } catch (thrown) {
      this.#log.error("a half-made volume cannot be swept", { path, message: String(thrown) });
    }
  }
}
