import type { BlobStore } from "../../../../agent/blobstore/blobStore.ts";
import { decodePack } from "../../../../agent/repository/packFormat.ts";
import type { Sealing } from "../../../../agent/repository/sealing.ts";

/** The pieces of files that lie in more than one place in the store: what was sent again in vain. */
export async function blobsStoredTwice(store: BlobStore, sealing: Sealing): Promise<string[]> {
  const { signal } = new AbortController();
  const seen = new Set<string>();
  const twice: string[] = [];
  for await (const { key } of store.list("packs/", { signal })) {
    const bytes = Buffer.from((await store.get(key, { signal }))?.bytes ?? []);
    for (const { kind, id } of decodePack(key, bytes, sealing).records) {
      if (kind !== "chunk") continue;
      if (seen.has(id)) twice.push(id);
      seen.add(id);
    }
  }
  return twice;
}
