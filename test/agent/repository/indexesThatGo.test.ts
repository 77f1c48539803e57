import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../agent/host/clock.ts";
import { Repository } from "../../../agent/repository/repository.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { plainKind } from "../../support/repositoryKinds.ts";
import { InterceptedStore } from "../sync/rig/interceptedStore.ts";

const { signal } = new AbortController();

describe("indexes that are gone when they are read", () => {
  let folder: string;
  let memory: MemoryBlobStore;
  let store: InterceptedStore;
  let reader: Repository;
  let writer: Repository;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "forkpoint-indexes-"));
    memory = new MemoryBlobStore();
    store = new InterceptedStore(memory);
    const open = (name: string, place: MemoryBlobStore | InterceptedStore) => {
      const cacheDirectory = join(folder, name);
      const options = { store: place, cacheDirectory, conditionalWrites: true, clock: systemClock };
      return Repository.open(options, { ...plainKind.mode, signal });
    };
    writer = await open("writer", memory);
    reader = await open("reader", store);
  });
  afterEach(() => {
    reader.close();
    writer.close();
    rmSync(folder, { recursive: true });
  });

  const write = async () => (await writer.index.write({ packs: [], supersedes: [] }, signal)).id;
  const replace = async (id: string) => {
    const { id: newer } = await writer.index.write({ packs: [], supersedes: [id] }, signal);
    await writer.index.remove(id, signal);
    return newer;
  };

  it("are no loss when each was replaced by another meanwhile, however often", async () => {
    let newest = await write();
    let left = 8;
    store.before = async (operation) => {
      if (operation === "get" && left-- > 0) newest = await replace(newest);
    };
    await reader.index.refresh(signal);
    assert.ok(left < 0, "each was asked for");
    assert.deepEqual([...(await reader.index.list(signal))], [newest]);
  });

  it("are a loss when they are listed all the same", async () => {
    const id = await write();
    store.before = (operation, key) => {
      if (operation === "get") memory.objects.delete(key);
      if (operation === "list") memory.objects.set(`index/${id}`, { bytes: Buffer.alloc(1), etag: "1" });
    };
    await assert.rejects(reader.index.refresh(signal), { code: "OBJECT_MISSING" });
  });
});
