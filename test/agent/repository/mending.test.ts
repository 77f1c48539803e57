import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../agent/host/clock.ts";
import { neverCrash } from "../../../agent/host/crashPoints.ts";
import { findUnindexed, forgetBlobs, indexAgain } from "../../../agent/repository/graph/mending.ts";
import { type GraphNode, SnapshotGraph } from "../../../agent/repository/graph/snapshotGraph.ts";
import { rewriteIndexes } from "../../../agent/repository/indexRewrite.ts";
import { Verifier } from "../../../agent/repository/graph/verifier.ts";
import { Repository } from "../../../agent/repository/repository.ts";
import { storeSnapshot } from "../../../agent/sync/push/storeSnapshot.ts";
import { FaultyBlobStore } from "../../support/faultyBlobStore.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { assertRestores, buildSmall, type Folders } from "./garbage/rig/smallSnapshot.ts";

type Build = Parameters<typeof storeSnapshot>[0]["build"];

const { signal } = new AbortController();
const folders: Folders = new Map([
  ["one", new Map([["file", Buffer.from("some text")]])],
  ["two", new Map([["other", Buffer.from("more text")]])],
]);
const record = { projectId: "p1", slug: "site", snapshotId: "s1", createdAt: "2026-01-02T03:04:05.678Z" };

describe("what was found bad", () => {
  let folder: string;
  let below: MemoryBlobStore;
  let store: FaultyBlobStore;
  let repository: Repository;
  let manifestDigest: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "forkpoint-forget-"));
    below = new MemoryBlobStore();
    store = new FaultyBlobStore(below);
    const options = { store, cacheDirectory: folder, conditionalWrites: true, clock: systemClock };
    repository = await Repository.open(options, { make: "plain", signal });
    const build: Build = (packs, fence) =>
      buildSmall(repository, record, folders, null, packs, fence, signal);
    const request = {
      ...record,
      forkedFrom: null,
      machineId: "m1",
      knownHead: null,
      becomesHead: true,
      build,
    };
    const tools = { repository, crashPoint: neverCrash, now: () => 0 };
    ({ manifestDigest } = await storeSnapshot(request, tools, signal));
  });
  afterEach(() => {
    repository.close();
    rmSync(folder, { recursive: true });
  });

  const verify = async (): Promise<GraphNode[]> => {
    const graph = SnapshotGraph.open(join(folder, "graph"));
    const options = { projectId: null, slots: 1, signal, pace: () => undefined, expect: () => undefined };
    try {
      const verified = await new Verifier(repository, graph, {
        ...options,
        addBytes: () => undefined,
      }).verify();
      return verified.badBlobs.map(({ node }) => node);
    } finally {
      graph.close();
    }
  };
  const isKnown = async () => {
    await repository.index.refresh(signal);
    return assertRestores(repository, "p1", manifestDigest, folders, signal);
  };

  it("stays known when it was the way to the store that changed it", async () => {
    for (const kind of ["flip", "truncate"] as const) {
      const fault = store.inject({ on: "get", key: /^packs/, fault: { kind } });
      const bad = await verify();
      fault.remove();
      assert.ok(bad.length > 0, kind);
      await forgetBlobs(repository, bad, { signal, crashPoint: neverCrash });
      await isKnown();
      assert.deepEqual(await verify(), []);
    }
  });

  it("stays known when it is sound, and what refers to it is not", async () => {
    const sound = await repository.readManifest("p1", manifestDigest, signal);
    const counts = { ...sound.counts, entries: sound.counts.entries + 1 };
    await repository.writeManifest({ ...sound, snapshotId: "s2", counts }, signal);
    const bad = await verify();
    assert.deepEqual(
      bad.map(({ kind }) => kind),
      ["tree"],
    );
    await forgetBlobs(repository, bad, { signal, crashPoint: neverCrash });
    await isKnown();
  });

  it("is forgotten when it really is", async () => {
    for (const key of below.keys("packs/")) {
      const bytes = below.objects.get(key)?.bytes ?? assert.fail();
      bytes[30] = (bytes[30] ?? 0) ^ 1;
    }
    const bad = await verify();
    assert.ok(bad.length > 0);
    await forgetBlobs(repository, bad, { signal, crashPoint: neverCrash });
    await repository.index.refresh(signal);
    await assert.rejects(isKnown(), { code: "OBJECT_MISSING" });
  });

  it("is an index that others can read: what it replaced is not taken for said", async () => {
    const [old = ""] = below.keys("index/").map((key) => key.slice("index/".length));
    const said = await repository.index.read(old, signal);
    assert.ok(said);
    const { id } = await repository.index.write(
      { packs: said.packs, supersedes: [old, "00".repeat(32)] },
      signal,
    );
    const fault = store.inject({ on: "get", key: new RegExp(id), fault: { kind: "flip" } });
    const tools = { signal, pace: () => undefined };
    const found = await findUnindexed(repository, tools);
    assert.deepEqual(found.damagedIndexes, [id]);
    await indexAgain(repository, found, { signal, crashPoint: neverCrash });
    fault.remove();
    // Whoever tidies deletes what others supersede.
    await rewriteIndexes(
      { index: repository.index, change: (pack) => pack, before: () => Promise.resolve() },
      signal,
    );
    assert.equal(below.objects.has(`index/${id}`), false);
    await isKnown();
  });

  it("is an index that is read a second time", async () => {
    const cacheDirectory = join(folder, "other");
    const options = { store, cacheDirectory, conditionalWrites: true, clock: systemClock };
    const fault = store.inject({ on: "get", key: /^index/, times: 1, fault: { kind: "flip" } });
    const other = await Repository.open(options, { make: null, signal });
    try {
      await other.index.refresh(signal);
      assert.equal(fault.hits, 1);
    } finally {
      other.close();
    }
  });

  for (const held of [/^index/, /^packs/]) {
    it(`is forgotten, and nothing that is pushed meanwhile, while ${held.source} is listed`, async () => {
      for (const key of below.keys("packs/").slice(0, 1)) {
        const bytes = below.objects.get(key)?.bytes ?? assert.fail();
        bytes[30] = (bytes[30] ?? 0) ^ 1;
      }
      const bad = await verify();
      assert.ok(bad.length > 0);
      const fault = store.inject({ on: "list", key: held, times: 1, fault: { kind: "hold" } });
      const forgetting = forgetBlobs(repository, bad, { signal, crashPoint: neverCrash });
      await fault.met;
      const options = {
        store: below,
        cacheDirectory: join(folder, "other"),
        conditionalWrites: true,
        clock: systemClock,
      };
      const other = await Repository.open(options, { make: null, signal });
      try {
        const fresh: Folders = new Map([["three", new Map([["new", Buffer.from("what the other has")]])]]);
        const mine = { ...record, projectId: "p2" };
        const build: Build = (packs, fence) => buildSmall(other, mine, fresh, null, packs, fence, signal);
        const request = {
          ...mine,
          forkedFrom: null,
          machineId: "m2",
          knownHead: null,
          becomesHead: true,
          build,
        };
        const pushed = await storeSnapshot(
          request,
          { repository: other, crashPoint: neverCrash, now: () => 0 },
          signal,
        );
        fault.release();
        await forgetting;
        await other.index.refresh(signal);
        await assertRestores(other, "p2", pushed.manifestDigest, fresh, signal);
      } finally {
        other.close();
      }
    });
  }
});
