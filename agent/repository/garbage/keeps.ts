import { z } from "zod";
import type { BlobStore } from "../../blobstore/blobStore.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import { damaged, digestOf } from "../digest.ts";
import { openSealed, sealObject } from "../jsonObject.ts";
import { objectKeys } from "../objectKeys.ts";
import { roles, type Sealing } from "../sealing.ts";

/** FORMAT.md, "Keeps": the manifests that the timelines of one machine show. */
export const Keep = z.strictObject({
  format: z.literal(1),
  machineId: z.string(),
  /** As in their keys: PROJECT/DIGEST, sorted. */
  manifests: z.array(z.string().regex(/^[0-9a-z]{1,64}\/[0-9a-f]{64}$/)),
});

/** A keep that cannot be read. */
export interface DamagedKeep {
  readonly key: string;
  readonly etag: string;
  /** Whose it is; null where the name tells not even that. */
  readonly machineId: string | null;
  readonly problem: string;
}

/** What each machine wants kept. A machine writes its own object only. */
export class Keeps {
  readonly #store: BlobStore;
  readonly #sealing: Sealing;
  readonly #written = new Map<string, string>();

  constructor(store: BlobStore, sealing: Sealing) {
    this.#store = store;
    this.#sealing = sealing;
  }

  /** Says what a machine wants kept from now on; writes nothing when that is what it last said here. */
  async write(machineId: string, manifests: readonly string[], signal: AbortSignal): Promise<void> {
    const keep = Keep.parse({ format: 1, machineId, manifests: manifests.toSorted() });
    const text = keep.manifests.join();
    if (this.#written.get(machineId) === text) return;
    const key = objectKeys.keep(this.#sealing.nameProject(machineId));
    await this.#store.put(key, this.#sealing.seal(roles.keep(machineId), sealObject(keep)), { signal });
    this.#written.set(machineId, text);
  }

  /** What all machines want kept, as PROJECT/DIGEST. @throws ForkpointError OBJECT_DAMAGED, STORE_* */
  async all(signal: AbortSignal): Promise<Set<string>> {
    const kept = new Set<string>();
    for await (const { key } of this.#store.list(objectKeys.keeps, { signal })) {
      const found = await this.#store.get(key, { signal });
      // It is rewritten, never deleted.
      if (!found) throw damaged(key, "it was listed but is not there");
      for (const manifest of this.#open(key, found.bytes).manifests) kept.add(manifest);
    }
    return kept;
  }

  /** Those that cannot be read. */
  async damaged(signal: AbortSignal): Promise<DamagedKeep[]> {
    const found: DamagedKeep[] = [];
    for await (const { key } of this.#store.list(objectKeys.keeps, { signal })) {
      const object = await this.#store.get(key, { signal });
      if (!object) continue;
      try {
        this.#open(key, object.bytes);
      } catch (thrown) {
        if (!(thrown instanceof ForkpointError) || thrown.code !== "OBJECT_DAMAGED") throw thrown;
        const machineId = this.#sealing.projectOf(key.slice(objectKeys.keeps.length));
        found.push({ key, etag: object.etag, machineId, problem: thrown.message });
      }
    }
    return found;
  }

  /**
   * Replaces one that cannot be read by one that wants all of `manifests`, until its machine says again what it wants.
   * Where the name tells of no machine, one of nobody's takes its place. Nothing is written when it changed meanwhile.
   * @param conditional whether the store honours conditions; without, the caller must be the only writer
   */
  async mend(
    { key, etag, machineId }: DamagedKeep,
    manifests: readonly string[],
    { signal, conditional }: { signal: AbortSignal; conditional: boolean },
  ): Promise<void> {
    const owner = machineId ?? `nobody${digestOf(Buffer.from(key)).slice(0, 16)}`;
    const keep = Keep.parse({ format: 1, machineId: owner, manifests: manifests.toSorted() });
    const bytes = this.#sealing.seal(roles.keep(owner), sealObject(keep));
    const place = objectKeys.keep(this.#sealing.nameProject(owner));
    const condition = { kind: "match", etag } as const;
    await this.#store.put(place, bytes, { signal, ...(conditional && place === key ? { condition } : {}) });
    if (place !== key) await this.#store.delete(key, { signal });
  }

  /** The next `write` writes, whatever was said before. */
  forget(machineId: string): void {
    this.#written.delete(machineId);
  }

  #open(key: string, bytes: Uint8Array): z.infer<typeof Keep> {
    const machineId = this.#sealing.projectOf(key.slice(objectKeys.keeps.length));
    // Nobody knows what it wants kept.
    if (machineId === null) throw damaged(key, "it is no machine's");
    const keep = openSealed(key, this.#sealing.open(roles.keep(machineId), key, bytes), Keep);
    if (keep.machineId !== machineId) throw damaged(key, "it is of another machine");
    return keep;
  }
}
