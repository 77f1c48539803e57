import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Catalog } from "../../catalog/catalog.ts";
import type { IntentKind, Intents } from "../../catalog/intents.ts";
import type { PoolRow, Pools } from "../../catalog/pools.ts";
import { type Recoverer, recoverer } from "../../catalog/recoverer.ts";
import type { Clock } from "../../host/clock.ts";
import type { CrashPoint } from "../../host/crashPoints.ts";
import { newId } from "../../host/ids.ts";
import type { LongCall } from "../../host/longCall.ts";
import type { Log } from "../../host/log.ts";
import type { CheckedParams } from "../../protocol/methods.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { PoolDevice } from "../../volumes/poolDevice.ts";
import type { Privileged } from "../../volumes/privileged/privileged.ts";
import { removeEmptyFolder } from "../emptyFolder.ts";
import { writePoolMarker } from "./poolMarker.ts";
import { newImagePath, newMountName, newMountPath } from "./poolPlace.ts";

const Payload = z.object({
  poolId: z.string(),
  image: z.string(),
  mount: z.string(),
  /** Whether the mount point was there before; if not, undoing removes it. */
  mountExisted: z.boolean(),
});
type Payload = z.infer<typeof Payload>;

export const poolCreateIntent: IntentKind<Payload> = { kind: "poolCreate", payload: Payload };

/** Makes a pool in a new image file; whatever goes wrong, no file, mount or loop device stays behind. */
export class PoolCreation {
  readonly #catalog: Catalog;
  readonly #intents: Intents;
  readonly #pools: Pools;
  readonly #device: PoolDevice;
  readonly #privileged: Pick<Privileged, "mountsFolder">;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #crashPoint: CrashPoint;
  /** The folder below which pools are mounted that name no mount point. */
  readonly #mounts: string;

  constructor(parts: {
    catalog: Catalog;
    intents: Intents;
    pools: Pools;
    device: PoolDevice;
    privileged: Pick<Privileged, "mountsFolder">;
    clock: Clock;
    log: Log;
    crashPoint: CrashPoint;
    agentHome: string;
  }) {
    this.#catalog = parts.catalog;
    this.#intents = parts.intents;
    this.#pools = parts.pools;
    this.#device = parts.device;
    this.#privileged = parts.privileged;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#crashPoint = parts.crashPoint;
    this.#mounts = join(parts.agentHome, "pools");
  }

  /**
   * @throws ForkpointError POOL_EXISTS, BAD_REQUEST, IMAGE_REFUSED, MOUNT_REFUSED, NEEDS_ROOT, TOOL_MISSING, CANCELLED
   */
  async create(params: CheckedParams<"pool/create">, call: LongCall): Promise<PoolRow> {
    // The image is often wanted here too, which the very first pool must find made.
    await mkdir(this.#mounts, { recursive: true, mode: 0o700 });
    const image = await newImagePath(params.image, params.size);
    const poolId = newId();
    const mount = await this.#mountPath(params.mount, image, poolId);
    const payload = { poolId, image, mount: mount.path, mountExisted: mount.exists };
    call.signal.throwIfAborted();
    const intentId = this.#intents.begin(poolCreateIntent, null, payload, this.#clock.now());
    try {
      this.#crashPoint("poolCreate:intent");
      if (this.#privileged.mountsFolder === null) await mkdir(mount.path, { recursive: true });
      this.#crashPoint("poolCreate:mountPoint");
      await this.#device.create({ image, size: params.size, mount: mount.path }, call);
      this.#crashPoint("poolCreate:mounted");
      await writePoolMarker(mount.path, poolId);
      this.#crashPoint("poolCreate:marked");
      call.signal.throwIfAborted();
    } catch (thrown) {
      await this.#undo(payload, intentId).catch((later: unknown) => {
        this.#log.error("a pool that could not be made could not be removed either", {
          image,
          message: String(later),
        });
      });
      throw thrown;
    }
    const row: PoolRow = { poolId, path: mount.path, image, createdAt: this.#clock.now() };
    this.#catalog.transaction(() => {
      this.#pools.add(row);
      this.#intents.end(intentId);
    });
    this.#crashPoint("poolCreate:done");
    return row;
  }

  /** Where a new pool is to be mounted. @throws ForkpointError MOUNT_REFUSED, POOL_EXISTS, BAD_REQUEST */
  async #mountPath(wanted: string | undefined, image: string, poolId: string) {
    const { mountsFolder } = this.#privileged;
    const own = join(mountsFolder ?? this.#mounts, newMountName(image, poolId));
    if (mountsFolder === null) return newMountPath(wanted ?? own);
    if (wanted !== undefined && dirname(wanted) !== mountsFolder) {
      throw new ForkpointError(
        "MOUNT_REFUSED",
        `The agent is not root: it cannot mount a pool at ${wanted}.`,
        {
          hint: `Leave the mount point out, or choose one directly below ${mountsFolder}.`,
        },
      );
    }
    // The helper makes it, and finds whether it is taken.
    return { path: wanted ?? own, exists: false };
  }

  /** How start-up ends a creation that was cut off: it is undone. */
  get recoverer(): Recoverer {
    return recoverer(
      poolCreateIntent,
      (payload, intent) => this.#undo(payload, intent.intentId),
      () => null,
    );
  }

  async #undo(payload: Payload, intentId: number): Promise<void> {
    await this.#device.release({ image: payload.image, mount: payload.mount });
    await rm(payload.image, { force: true });
    if (!payload.mountExisted) await removeEmptyFolder(payload.mount);
    this.#intents.end(intentId);
  }
}
