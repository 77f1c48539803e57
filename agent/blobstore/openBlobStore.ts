import type { Clock } from "../host/clock.ts";
import type { BlobStore } from "./blobStore.ts";
import type { TransferRates } from "./byteRate.ts";
import { DeferredBlobStore } from "./deferredBlobStore.ts";
import { DirectoryBlobStore } from "./directoryBlobStore.ts";
import { LimitedBlobStore } from "./limitedBlobStore.ts";
import { RetryingBlobStore } from "./retryingBlobStore.ts";
import type { StoreUrl } from "./storeUrl.ts";

/**
 * The store of an address. Nothing is looked at before it is used. A network is tried again by itself when
 * it fails; a folder is not, since no disk comes back within seconds.
 * @param parts.rates what it may send and fetch; as much as it can when absent
 */
export function openBlobStore(url: StoreUrl, parts: { clock: Clock; rates?: TransferRates }): BlobStore {
  const store = openUnlimited(url, parts);
  return parts.rates ? new LimitedBlobStore({ store, rates: parts.rates }) : store;
}

function openUnlimited(url: StoreUrl, { clock }: { clock: Clock }): BlobStore {
  if (url.kind === "directory") return new DirectoryBlobStore({ path: url.path, url: url.text, clock });
  const load = async () => {
    const { S3BlobStore } = await import("./s3BlobStore.ts");
    return new S3BlobStore({ url, clock });
  };
  return new RetryingBlobStore({ store: new DeferredBlobStore({ url: url.text, load }), clock });
}

/**
 * Prepares a store that a person has just named, where it needs that: a folder is made and marked as a
 * store. Not for a store that was in use before: a folder whose disk is not mounted would be taken for new.
 * A bucket is the matter of whoever pays for it.
 * @throws ForkpointError STORE_BUCKET_MISSING, STORE_DENIED, STORE_READ_ONLY, STORE_FULL, STORE_UNREACHABLE
 */
export async function setUpStore(url: StoreUrl, { clock }: { clock: Clock }): Promise<void> {
  if (url.kind === "directory") {
    await new DirectoryBlobStore({ path: url.path, url: url.text, clock }).setUp();
  }
}
