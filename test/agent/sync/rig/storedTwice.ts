import { decodePack } from "../../../../agent/repository/packFormat.ts";
import type { Sealing } from "../../../../agent/repository/sealing.ts";
import type { MemoryBlobStore } from "../../../support/memoryBlobStore.ts";

/** The pieces of files that lie in more than one place in the store: what was sent again in vain. */
export function blobsStoredTwice(store: MemoryBlobStore, sealing: Sealing): string[] {
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const key of store.keys("packs/")) {
    const bytes = store.objects.get(key)?.bytes ?? Buffer.alloc(0);
    for (const { kind, id } of decodePack(key, bytes, sealing).records) {
      if (kind !== "chunk") continue;
      if (seen.has(id)) twice.push(id);
      seen.add(id);
    }
  }
  return twice;
}
