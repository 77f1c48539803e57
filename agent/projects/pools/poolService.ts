import type { Announce } from "../../host/announce.ts";
import type { LongCall } from "../../host/longCall.ts";
import type { Pool } from "../../protocol/pool.ts";
import type { CheckedParams } from "../../protocol/methods.ts";
import type { HealthWatch } from "../health/healthWatch.ts";
import type { PoolCreation } from "./poolCreation.ts";
import type { PoolGrowth } from "./poolGrowth.ts";
import type { PoolRegistry } from "./poolRegistry.ts";
import type { PoolRemoval } from "./poolRemoval.ts";

/** What clients do with pools; every change is announced. */
export class PoolService {
  readonly #registry: PoolRegistry;
  readonly #creation: PoolCreation;
  readonly #growth: PoolGrowth;
  readonly #removal: PoolRemoval;
  readonly #health: HealthWatch;
  readonly #announce: Announce;

  constructor(parts: {
    registry: PoolRegistry;
    creation: PoolCreation;
    growth: PoolGrowth;
    removal: PoolRemoval;
    healthWatch: HealthWatch;
    announce: Announce;
  }) {
    this.#registry = parts.registry;
    this.#creation = parts.creation;
    this.#growth = parts.growth;
    this.#removal = parts.removal;
    this.#health = parts.healthWatch;
    this.#announce = parts.announce;
  }

  /** @throws as `PoolCreation.create` */
  async create(params: CheckedParams<"pool/create">, call: LongCall): Promise<Pool> {
    call.report({ message: "Making the pool", done: 0, total: null, unit: "steps", rate: null });
    const row = await this.#creation.create(params, call);
    this.#changed();
    return this.#registry.describe(row);
  }

  /** @throws ForkpointError NOT_BTRFS, POOL_EXISTS, BAD_REQUEST */
  async adopt({ path }: CheckedParams<"pool/adopt">): Promise<Pool> {
    const row = await this.#registry.adopt(path);
    this.#changed();
    return this.#registry.describe(row);
  }

  list(): Promise<Pool[]> {
    return this.#registry.list();
  }

  /** @throws as `PoolGrowth.grow` */
  async grow(params: CheckedParams<"pool/grow">): Promise<Pool> {
    const row = await this.#growth.grow(params);
    this.#changed();
    return this.#registry.describe(row);
  }

  /** @throws ForkpointError POOL_NOT_FOUND, POOL_IN_USE, NEEDS_ROOT */
  async remove(params: CheckedParams<"pool/remove">): Promise<void> {
    await this.#removal.remove(params);
    this.#changed();
  }

  #changed(): void {
    this.#announce("changed/machine", { what: "pools" });
    this.#health.changed(null);
  }
}
