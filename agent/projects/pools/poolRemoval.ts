import { rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Catalog } from "../../catalog/catalog.ts";
import type { IntentKind, Intents } from "../../catalog/intents.ts";
import type { Pools } from "../../catalog/pools.ts";
import type { Projects } from "../../catalog/projects.ts";
import { type Recoverer, recoverer } from "../../catalog/recoverer.ts";
import type { Clock } from "../../host/clock.ts";
import type { CrashPoint } from "../../host/crashPoints.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { CheckedParams } from "../../protocol/methods.ts";
import type { PoolDevice } from "../../volumes/poolDevice.ts";
import { removeEmptyFolder } from "../emptyFolder.ts";
import { isWithin } from "../../volumes/mountTable.ts";
import { usersOfMount } from "./mountUsers.ts";
import { removePoolMarker } from "./poolMarker.ts";
import type { PoolRegistry } from "./poolRegistry.ts";

const Payload = z.object({
  poolId: z.string(),
  path: z.string(),
  /** null for an adopted pool, which is forgotten and otherwise left as it is. */
  image: z.string().nullable(),
  keepImage: z.boolean(),
});
type Payload = z.infer<typeof Payload>;

export const poolRemoveIntent: IntentKind<Payload> = { kind: "poolRemove", payload: Payload };

/** What the intents that work on a pool have in common. */
const Named = z.object({ poolId: z.string() });

/** Unmounts and forgets a pool without projects; deletes the image of one we made unless it is kept. */
export class PoolRemoval {
  readonly #catalog: Catalog;
  readonly #intents: Intents;
  readonly #pools: Pools;
  readonly #projects: Projects;
  readonly #registry: PoolRegistry;
  readonly #device: PoolDevice;
  readonly #clock: Clock;
  readonly #crashPoint: CrashPoint;
  /** The folder of the mount points that we made. */
  readonly #mounts: string;

  constructor(parts: {
    catalog: Catalog;
    intents: Intents;
    pools: Pools;
    projects: Projects;
    registry: PoolRegistry;
    device: PoolDevice;
    clock: Clock;
    crashPoint: CrashPoint;
    agentHome: string;
  }) {
    this.#catalog = parts.catalog;
    this.#intents = parts.intents;
    this.#pools = parts.pools;
    this.#projects = parts.projects;
    this.#registry = parts.registry;
    this.#device = parts.device;
    this.#clock = parts.clock;
    this.#crashPoint = parts.crashPoint;
    this.#mounts = join(parts.agentHome, "pools");
  }

  /** @throws ForkpointError POOL_NOT_FOUND; POOL_IN_USE with details.projects or details.programs */
  async remove(params: CheckedParams<"pool/remove">): Promise<void> {
    const { poolId, path, image } = this.#registry.named(params.poolId);
    const projects = this.#projects.list().filter((project) => project.poolId === poolId);
    if (projects.length > 0) {
      const slugs = projects.map((project) => project.slug);
      throw new ForkpointError("POOL_IN_USE", `The pool ${path} holds ${slugs.join(", ")}.`, {
        details: { projects: slugs },
      });
    }
    this.#refuseUnfinished(poolId, path);
    if (image !== null) await this.#refuseBusy(path);
    const payload = { poolId, path, image, keepImage: params.keepImage };
    const intentId = this.#intents.begin(poolRemoveIntent, null, payload, this.#clock.now());
    this.#crashPoint("poolRemove:intent");
    try {
      if (image === null) await removePoolMarker(path);
      else await this.#device.release({ image, mount: path });
    } catch (thrown) {
      this.#intents.end(intentId);
      if (image !== null) await this.#refuseBusy(path);
      throw thrown;
    }
    await this.#finish(payload, intentId);
  }

  /** How start-up ends a removal that was cut off: it is finished. */
  get recoverer(): Recoverer {
    return recoverer(
      poolRemoveIntent,
      async (payload, intent) => {
        if (payload.image === null) await removePoolMarker(payload.path);
        else await this.#device.release({ image: payload.image, mount: payload.path });
        await this.#finish(payload, intent.intentId);
      },
      () => null,
    );
  }

  async #finish(payload: Payload, intentId: number): Promise<void> {
    this.#crashPoint("poolRemove:released");
    if (payload.image !== null) {
      if (isWithin(payload.path, this.#mounts)) await removeEmptyFolder(payload.path);
      if (!payload.keepImage) await rm(payload.image, { force: true });
      this.#crashPoint("poolRemove:deleted");
    }
    this.#catalog.transaction(() => {
      this.#pools.remove(payload.poolId);
      this.#intents.end(intentId);
    });
  }

  #refuseUnfinished(poolId: string, path: string): void {
    const intent = this.#intents.list().find((each) => Named.safeParse(each.payload).data?.poolId === poolId);
    if (!intent) return;
    throw new ForkpointError("POOL_IN_USE", `The pool ${path} is in the middle of "${intent.kind}".`, {
      hint: "Wait until it has finished; one that was interrupted is finished when the agent starts.",
    });
  }

  async #refuseBusy(path: string): Promise<void> {
    const users = await usersOfMount(path);
    if (users.length === 0) return;
    const named = users.map((user) => `${user.program} (${user.pid})`).slice(0, 10);
    throw new ForkpointError("POOL_IN_USE", `The pool ${path} is in use by ${named.join(", ")}.`, {
      details: { programs: users },
      hint: "Close the named programs, or leave the folder in them.",
    });
  }
}
