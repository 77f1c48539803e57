import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import type { IntentKind, Intents } from "../../catalog/intents.ts";
import type { PoolRow } from "../../catalog/pools.ts";
import { type Recoverer, recoverer } from "../../catalog/recoverer.ts";
import type { Clock } from "../../host/clock.ts";
import type { CrashPoint } from "../../host/crashPoints.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { CheckedParams } from "../../protocol/methods.ts";
import type { PoolDevice } from "../../volumes/poolDevice.ts";
import { checkRoom } from "./poolPlace.ts";
import type { PoolRegistry } from "./poolRegistry.ts";

const Payload = z.object({ poolId: z.string(), size: z.number() });
type Payload = z.infer<typeof Payload>;

export const poolGrowIntent: IntentKind<Payload> = { kind: "poolGrow", payload: Payload };

/** Makes a pool that we made larger, while it is in use. */
export class PoolGrowth {
  readonly #intents: Intents;
  readonly #registry: PoolRegistry;
  readonly #device: PoolDevice;
  readonly #clock: Clock;
  readonly #crashPoint: CrashPoint;

  constructor(parts: {
    intents: Intents;
    registry: PoolRegistry;
    device: PoolDevice;
    clock: Clock;
    crashPoint: CrashPoint;
  }) {
    this.#intents = parts.intents;
    this.#registry = parts.registry;
    this.#device = parts.device;
    this.#clock = parts.clock;
    this.#crashPoint = parts.crashPoint;
  }

  /** @throws ForkpointError POOL_NOT_FOUND; BAD_REQUEST when it would not be larger or the disk has no room */
  async grow({ poolId, size }: CheckedParams<"pool/grow">): Promise<PoolRow> {
    const row = this.#registry.named(poolId);
    const { image, path } = row;
    if (image === null) {
      throw new ForkpointError("BAD_REQUEST", `The pool ${path} is no file that Forkpoint made.`, {
        hint: "Grow its file system with the tools it was made with.",
      });
    }
    if (!(await this.#registry.isReady(poolId))) {
      throw new ForkpointError("POOL_NOT_FOUND", `The pool ${path} is not mounted.`);
    }
    const present = await stat(image);
    // A growth that failed half way has left a larger file, and is to be tried again.
    const { totalBytes } = await this.#device.space(path);
    if (size < present.size || size <= totalBytes) {
      throw new ForkpointError("BAD_REQUEST", `The pool ${path} has ${totalBytes} bytes already.`, {
        hint: "Name a larger size; a pool cannot become smaller.",
      });
    }
    await checkRoom(dirname(image), size - present.blocks * 512);
    const intentId = this.#intents.begin(poolGrowIntent, null, { poolId, size }, this.#clock.now());
    this.#crashPoint("poolGrow:intent");
    try {
      await this.#device.grow({ image, mount: path }, size);
      this.#crashPoint("poolGrow:grown");
    } finally {
      this.#intents.end(intentId);
    }
    return row;
  }

  /** How start-up ends one that was cut off: it is finished, if the pool is there. */
  get recoverer(): Recoverer {
    return recoverer(
      poolGrowIntent,
      async ({ poolId, size }, { intentId }) => {
        const row = this.#registry.rows().find((each) => each.poolId === poolId);
        if (row?.image && (await this.#registry.isReady(poolId))) {
          await this.#device.grow({ image: row.image, mount: row.path }, size);
        }
        this.#intents.end(intentId);
      },
      () => null,
    );
  }
}
