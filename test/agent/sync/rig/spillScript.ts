import { systemClock } from "../../../../agent/host/clock.ts";
import { errorBody } from "../../../../agent/protocol/errors.ts";
import { Repository } from "../../../../agent/repository/repository.ts";
import { Directories } from "../../../../agent/sync/push/directories.ts";
import { newDirectory, newLeaf } from "../../../../agent/sync/push/nodes.ts";
import { MemoryBlobStore } from "../../../support/memoryBlobStore.ts";
import { plainKind } from "../../../support/repositoryKinds.ts";

export interface SpillArgs {
  readonly cacheDirectory: string;
  readonly files: number;
}

/** Makes a tree of so many files, most of which go to the spill, and prints how that ended. */
const { cacheDirectory, files } = JSON.parse(process.argv[2] ?? "") as SpillArgs;
const { signal } = new AbortController();
const place = { store: new MemoryBlobStore(), cacheDirectory, conditionalWrites: true, clock: systemClock };
const repository = await Repository.open(place, { ...plainKind.mode, signal });
const directories = new Directories({ blobs: repository.blobs, signal, stays: () => false, mostNodes: 1000 });
const root = newDirectory(null, "");
try {
  for (let at = 0; at < files; at++) {
    const name = String(at).padStart(250, "n");
    await directories.add(root, name, newLeaf(root, name, { type: "fifo" }, 0o644));
    directories.relax(root);
  }
  const all = await directories.all(root);
  console.log(`all of ${all.length}`);
} catch (thrown) {
  console.log(errorBody(thrown).code);
} finally {
  directories.close();
  repository.close();
}
