import { z } from "zod";
import type { BlobStore } from "../../blobstore/blobStore.ts";
import { damaged } from "../digest.ts";
import { openSealed, sealObject } from "../jsonObject.ts";
import { objectKeys } from "../objectKeys.ts";

/** FORMAT.md, "Keeps": the manifests that the timelines of one machine show. */
const Keep = z.strictObject({
  format: z.literal(1),
  machineId: z.string(),
  /** As in their keys: PROJECT/DIGEST, sorted. */
  manifests: z.array(z.string().regex(/^[0-9a-z]{1,64}\/[0-9a-f]{64}$/)),
});

/** What each machine wants kept. A machine writes its own object only. */
export class Keeps {
  readonly #store: BlobStore;
  readonly #written = new Map<string, string>();

  constructor(store: BlobStore) {
    this.#store = store;
  }

  /** Says what a machine wants kept from now on; writes nothing when that is what it last said here. */
  async write(machineId: string, manifests: readonly string[], signal: AbortSignal): Promise<void> {
    const keep = Keep.parse({ format: 1, machineId, manifests: manifests.toSorted() });
    const text = keep.manifests.join();
    if (this.#written.get(machineId) === text) return;
    await this.#store.put(objectKeys.keep(machineId), sealObject(keep), { signal });
    this.#written.set(machineId, text);
  }

  /** What all machines want kept, as PROJECT/DIGEST. @throws ForkpointError OBJECT_DAMAGED, STORE_* */
  async all(signal: AbortSignal): Promise<Set<string>> {
    const kept = new Set<string>();
    for await (const { key } of this.#store.list(objectKeys.keeps, { signal })) {
      const found = await this.#store.get(key, { signal });
      // It is rewritten, never deleted.
      if (!found) throw damaged(key, "it was listed but is not there");
      for (const manifest of openSealed(key, found.bytes, Keep).manifests) kept.add(manifest);
    }
    return kept;
  }
}
