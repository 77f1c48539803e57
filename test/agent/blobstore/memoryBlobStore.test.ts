import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { itIsABlobStore } from "./rig/conformance.ts";

describe("MemoryBlobStore", () => {
  itIsABlobStore(() => {
    const store = new MemoryBlobStore();
    return Promise.resolve({ store, other: store });
  });
});
