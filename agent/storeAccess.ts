import { DirectoryBlobStore } from "./blobstore/directoryBlobStore.ts";
import { parseStoreUrl } from "./blobstore/storeUrl.ts";
import type { Clock } from "./host/clock.ts";
import { ForkpointError } from "./protocol/errors.ts";
import type { StoreAccess } from "./sync/storeKeeper.ts";

/** The kinds of store this agent knows. */
export function storeAccess(clock: Clock): StoreAccess {
  return {
    openStore: (text) => {
      const url = parseStoreUrl(text);
      if (url.kind === "directory") return new DirectoryBlobStore({ path: url.path, url: url.text, clock });
      throw new ForkpointError("STORE_URL_INVALID", "This agent knows stores in folders only.");
    },
    probe: async (store) => {
      if (store instanceof DirectoryBlobStore) await store.setUp();
      return { conditionalWrites: true };
    },
  };
}
