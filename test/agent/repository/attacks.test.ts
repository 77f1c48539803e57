import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../agent/host/clock.ts";
import { ForkpointError } from "../../../agent/protocol/errors.ts";
import { encodeBlob } from "../../../agent/repository/blob.ts";
import { digestOf, type Digest } from "../../../agent/repository/digest.ts";
import { SnapshotGraph } from "../../../agent/repository/graph/snapshotGraph.ts";
import { Verifier, type Verdict } from "../../../agent/repository/graph/verifier.ts";
import type { Attributes, Inode } from "../../../agent/repository/inodeFormat.ts";
import { encodeLinkShard, encodeLinkTable } from "../../../agent/repository/linkFormat.ts";
import { rootAttributes, type Manifest } from "../../../agent/repository/manifest.ts";
import { objectKeys } from "../../../agent/repository/objectKeys.ts";
import { PackBuilder } from "../../../agent/repository/packFormat.ts";
import type { PackWriter } from "../../../agent/repository/packWriter.ts";
import { plainSealing } from "../../../agent/repository/plainSealing.ts";
import { Repository } from "../../../agent/repository/repository.ts";
import type { TreeRef } from "../../../agent/repository/structureReader.ts";
import { encodeTree, treeTotals, type TreeEntry } from "../../../agent/repository/treeFormat.ts";
import { SnapshotPlan } from "../../../agent/sync/pull/snapshotPlan.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";

const { signal } = new AbortController();
const attributes: Attributes = {
  mode: 0o755,
  uid: 0,
  gid: 0,
  mtime: { seconds: 0, nanoseconds: 0 },
  xattrs: [],
};
const projectId = "p00000000001";

describe("a store that somebody fills with what harms a reader", () => {
  let folder: string;
  let store: MemoryBlobStore;
  let repository: Repository;
  let packs: PackWriter;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "forkpoint-attack-"));
    store = new MemoryBlobStore();
    const options = { store, cacheDirectory: folder, conditionalWrites: true, clock: systemClock };
    repository = await Repository.open(options, { make: "plain", signal });
    packs = repository.packWriter(signal);
  });
  afterEach(() => {
    repository.close();
    rmSync(folder, { recursive: true });
  });

  const directory = (name: string, ref: TreeRef): TreeEntry => ({
    name,
    inode: { ...attributes, type: "directory", ...ref },
  });
  const tree = async (entries: readonly TreeEntry[], claim = {}): Promise<TreeRef> => ({
    tree: await packs.add("tree", encodeTree(entries)),
    ...treeTotals(entries),
    ...claim,
  });
  const manifestOf = async (
    root: TreeRef,
    links: Digest | null = null,
    linkedBytes = 0,
  ): Promise<Manifest> => {
    await packs.finishPacks();
    await packs.finishIndex();
    const manifest: Manifest = {
      ...{
        format: 1,
        projectId,
        slug: "site",
        snapshotId: "s1",
        parentSnapshotId: null,
        parentManifest: null,
      },
      ...{
        cause: "manual",
        label: null,
        author: "eve",
        createdAt: "2026-01-02T03:04:05.678Z",
        forkedFrom: null,
      },
      root: { tree: root.tree, attributes: rootAttributes(attributes) },
      links,
      counts: { entries: root.entries, bytes: root.bytes + linkedBytes, linkedBytes },
    };
    await repository.writeManifest(manifest, signal);
    return manifest;
  };
  /** What a pull comes to before it makes anything. */
  const plan = async (manifest: Manifest): Promise<string> => {
    try {
      let steps = 0;
      for await (const step of new SnapshotPlan(repository, manifest, signal).steps("x")) {
        steps += step.kind === "end" ? 0 : 1;
      }
      return `${steps} steps`;
    } catch (thrown) {
      if (thrown instanceof ForkpointError) return thrown.code;
      throw thrown;
    }
  };
  const verify = async (): Promise<readonly Verdict[]> => {
    const graph = SnapshotGraph.open(join(folder, "graph"));
    const options = { projectId: null, slots: 1, signal, pace: () => undefined, expect: () => undefined };
    try {
      return (await new Verifier(repository, graph, { ...options, addBytes: () => undefined }).verify())
        .verdicts;
    } finally {
      graph.close();
    }
  };
  const verdict = async () => (await verify()).map(({ state }) => state).join();

  it("folders in folders, deeper than any path reaches", async () => {
    let deepest = await tree([]);
    for (let depth = 0; depth < 2100; depth++) deepest = await tree([directory("d", deepest)]);
    assert.equal(await plan(await manifestOf(deepest)), "OBJECT_DAMAGED");
    // It is what its names say; only no file system can hold it.
    assert.equal(await verdict(), "whole");
  });

  it("folders that share what is in them, so that a few hold more than any disk", async () => {
    let shared = await tree([]);
    for (let depth = 0; depth < 9; depth++) {
      const below = shared;
      shared = await tree(
        Array.from({ length: 50 }, (_, at) => directory(String(at).padStart(2, "0"), below)),
      );
    }
    assert.ok(shared.entries > 1e15);
    assert.equal(await plan(await manifestOf(shared)), "OBJECT_DAMAGED");
    assert.equal(await verdict(), "whole");
  });

  it("the same, and the folders admit to a few names only", async () => {
    let shared = await tree([]);
    for (let depth = 0; depth < 9; depth++) {
      const below = shared;
      const entries = Array.from({ length: 50 }, (_, at) => directory(String(at).padStart(2, "0"), below));
      shared = await tree(entries, { entries: 1 });
    }
    assert.equal(await plan(await manifestOf(shared)), "OBJECT_DAMAGED");
    assert.equal(await verdict(), "damaged");
  });

  it("a folder that says of one below it what is not so, where another says what is", async () => {
    const below = await tree([directory("empty", await tree([]))]);
    const honest = await manifestOf(await tree([directory("d", below)]));
    const lying = await manifestOf(await tree([directory("d", { ...below, entries: 7 })]));
    assert.match(await plan(honest), /steps/);
    assert.equal(await plan(lying), "OBJECT_DAMAGED");
    const verdicts = await verify();
    const stateOf = (manifest: Manifest) =>
      verdicts.find(({ manifestDigest }) => manifestDigest === repository.addressOf(manifest))?.state;
    assert.deepEqual([stateOf(honest), stateOf(lying)], ["whole", "damaged"]);
  });

  it("a folder under a name that is not its own, which is in itself", async () => {
    const own = digestOf(Buffer.from("any name"));
    const bytes = encodeTree([directory("again", { tree: own, entries: 1, bytes: 0 })]);
    const builder = new PackBuilder(1000, plainSealing.newPack());
    const { encoding, stored } = encodeBlob(bytes);
    builder.add({ kind: "tree", id: own, encoding, plainLength: bytes.length }, stored);
    const pack = builder.finish();
    const id = digestOf(pack);
    await store.put(objectKeys.pack(id), pack, { signal });
    await repository.index.publish(
      [{ id, size: pack.length, salt: builder.salt, records: builder.records }],
      signal,
    );
    assert.equal(await plan(await manifestOf({ tree: own, entries: 1, bytes: 0 })), "OBJECT_DAMAGED");
    assert.equal(await verdict(), "damaged");
  });

  it("an index that names bytes no pack has", async () => {
    const root = await tree([]);
    const manifest = await manifestOf(root);
    const location = repository.index.find({ kind: "tree", id: root.tree });
    assert.ok(location);
    for (const change of [
      { offset: 2 ** 31 },
      { storedLength: 2 ** 31 },
      { offset: 2 ** 31, storedLength: 2 ** 31 - 1 },
    ]) {
      store.objects.delete(store.keys("index/")[0] ?? "");
      await repository.index.refresh(signal);
      const pack = {
        id: location.pack,
        size: 2 ** 32 - 1,
        salt: location.salt,
        records: [{ ...location, ...change }],
      };
      await repository.index.publish([pack], signal);
      assert.equal(await plan(manifest), "OBJECT_DAMAGED", JSON.stringify(change));
      assert.equal(await verdict(), "damaged");
    }
  });

  it("names that lead out of their folder, in any folder", async () => {
    for (const name of ["..", "a/b"]) {
      const inside = await tree([{ name, inode: { ...attributes, type: "fifo" } }]);
      assert.equal(await plan(await manifestOf(await tree([directory("d", inside)]))), "PATH_OUTSIDE_VOLUME");
    }
    assert.equal(await verdict(), "damaged,damaged");
  });

  it("hard links that lead nowhere, too often, or not at all", async () => {
    const fifo: Inode = { ...attributes, type: "fifo" };
    const links = async (names: number) => {
      const id = await packs.add("links", encodeLinkShard([{ link: 7, names, inode: fifo }]));
      return packs.add("links", encodeLinkTable([{ shard: 0, id, count: 1, bytes: 0 }]));
    };
    const twice = [
      { name: "a", link: 7 },
      { name: "b", link: 7 },
    ];
    assert.match(await plan(await manifestOf(await tree(twice), await links(2))), /steps/);
    assert.equal(await plan(await manifestOf(await tree(twice), await links(3))), "OBJECT_DAMAGED");
    assert.equal(await plan(await manifestOf(await tree(twice), await links(1))), "OBJECT_DAMAGED");
    assert.equal(
      await plan(await manifestOf(await tree([{ name: "a", link: 8 }]), await links(0))),
      "OBJECT_DAMAGED",
    );
    assert.equal(await plan(await manifestOf(await tree([{ name: "a", link: 7 }]))), "OBJECT_DAMAGED");
  });
});
