import type { TransferRates } from "./blobstore/byteRate.ts";
import { probeStore } from "./blobstore/conditionalWriteProbe.ts";
import { openBlobStore, setUpStore } from "./blobstore/openBlobStore.ts";
import { parseStoreUrl } from "./blobstore/storeUrl.ts";
import type { Clock } from "./host/clock.ts";
import type { StoreAccess } from "./sync/store/storeKeeper.ts";

/** The stores this agent knows: folders and buckets; their transfers share the rates. */
export function storeAccess(clock: Clock, rates?: TransferRates): StoreAccess {
  return {
    openStore: (text) => openBlobStore(parseStoreUrl(text), { clock, ...(rates ? { rates } : {}) }),
    isForeign: (text) => parseStoreUrl(text).kind === "s3",
    setUp: (text) => setUpStore(parseStoreUrl(text), { clock }),
    probe: probeStore,
  };
}
