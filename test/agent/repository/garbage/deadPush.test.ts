import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../../agent/host/clock.ts";
import { neverCrash } from "../../../../agent/host/crashPoints.ts";
import { Collector } from "../../../../agent/repository/garbage/collector.ts";
import { CollectedMeanwhile, PushFence } from "../../../../agent/repository/garbage/pushFence.ts";
import type { Retention } from "../../../../agent/repository/garbage/retention.ts";
import { SnapshotGraph } from "../../../../agent/repository/graph/snapshotGraph.ts";
import { Repository } from "../../../../agent/repository/repository.ts";
import { storeSnapshot, type Stored } from "../../../../agent/sync/push/storeSnapshot.ts";
import { MemoryBlobStore } from "../../../support/memoryBlobStore.ts";
import { type RepositoryKind, repositoryKinds } from "../../../support/repositoryKinds.ts";
import { assertRestores, buildSmall, type Folders } from "./rig/smallSnapshot.ts";

const { signal } = new AbortController();
const graceMs = 24 * 3_600_000;
/** Keeps the newest of each project for ever, so that time alone takes nothing away. */
const policy: Retention = { days: 0, last: 2, daily: 0, weekly: 0, monthly: 0 };
class Dead extends Error {}

for (const kind of repositoryKinds) {
  describe(`a push to ${kind.name} whose machine never comes back`, () => deadPushes(kind));
}

function deadPushes(kind: RepositoryKind): void {
  let home: string;
  let store: MemoryBlobStore;
  let now: number;
  const opened: Repository[] = [];
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "forkpoint-dead-push-"));
    store = new MemoryBlobStore();
    now = 1_700_000_000_000;
    store.now = () => now;
  });
  afterEach(() => {
    for (const repository of opened.splice(0)) repository.close();
    rmSync(home, { recursive: true, force: true });
  });

  const open = async (machine: string) => {
    const cacheDirectory = join(home, machine);
    const options = { store, cacheDirectory, conditionalWrites: true, clock: systemClock };
    const repository = await Repository.open(options, { ...kind.mode, signal });
    opened.push(repository);
    return repository;
  };
  const folders = (text: string): Folders =>
    new Map([["folder", new Map([["file", Buffer.alloc(5000, text)]])]]);
  let serial = 0;
  const push = (
    repository: Repository,
    projectId: string,
    content: Folders,
    { becomesHead = true, crashAt = "", meanwhile = () => Promise.resolve() } = {},
  ): Promise<Stored> => {
    const createdAt = new Date(now + serial).toISOString();
    const record = { projectId, slug: projectId, snapshotId: `s${serial++}`, createdAt };
    const machine = { projectId, slug: projectId, forkedFrom: null, machineId: projectId, knownHead: null };
    const crashPoint = (name: string) => {
      if (name === crashAt) throw new Dead();
    };
    return storeSnapshot(
      {
        ...{ ...machine, becomesHead },
        build: async (packs, fence) => {
          const manifest = await buildSmall(repository, record, content, null, packs, fence, signal);
          await meanwhile();
          return manifest;
        },
      },
      { repository, crashPoint, now: () => now },
      signal,
    );
  };
  const collector = (repository: Repository) => {
    const graph = SnapshotGraph.open(join(home, `graph${serial++}`));
    const parts = { repository, graph, machineId: "a", graceMs, crashPoint: neverCrash, signal };
    return { collector: new Collector({ ...parts, pace: () => undefined }), graph };
  };
  const collect = async (repository: Repository, retention = policy) => {
    const { collector: one, graph } = collector(repository);
    try {
      return await one.run(retention);
    } finally {
      graph.close();
    }
  };
  const collectAll = async (repository: Repository, retention = policy) => {
    for (let run = 0; run < 3; run++) {
      await collect(repository, retention);
      now += graceMs;
    }
  };

  /** A push that relies on what is deleted before it has written its manifest, and dies right after. */
  const leaveBroken = async (repository: Repository, dead: Repository) => {
    await push(repository, "a", folders("gone soon"));
    for (const text of ["one", "two", "three"]) await push(repository, "a", folders(text));
    const overtaken = push(dead, "dead", folders("gone soon"), {
      crashAt: "push:manifest-written",
      meanwhile: () => collectAll(repository),
    });
    await assert.rejects(overtaken, Dead);
    assert.equal(store.keys("manifests/").length, 3);
  };

  it("keeps the collection waiting for a grace period, and then goes itself", async () => {
    const [repository, dead] = [await open("a"), await open("dead")];
    await leaveBroken(repository, dead);
    await assert.rejects(collect(repository), { code: "GC_REFUSED" });
    now += graceMs;
    await collectAll(repository);
    assert.equal(store.keys("manifests/").length, 2);
    assert.deepEqual(store.keys("claims/"), []);
    for await (const id of repository.listManifests("dead", signal)) assert.fail(id);
  });

  it("keeps a collection that is under way waiting no longer", async () => {
    const [repository, dead] = [await open("a"), await open("dead")];
    await push(repository, "a", folders("gone soon"));
    for (const text of ["one", "two", "three"]) await push(repository, "a", folders(text));
    const condemnAgain = async () => {
      await collectAll(repository);
      await push(repository, "a", folders("four"));
      assert.equal((await collect(repository)).condemned.manifests, 1);
    };
    const crashing = { crashAt: "push:manifest-written", meanwhile: condemnAgain };
    await assert.rejects(push(dead, "dead", folders("gone soon"), crashing), Dead);
    now += 2 * graceMs;
    assert.equal((await collect(repository)).deleted.manifests, 1);
  });

  it("is overtaken, should it wake after all, and stored anew", async () => {
    const [repository, slow] = [await open("a"), await open("slow")];
    await push(repository, "a", folders("gone soon"));
    for (const text of ["one", "two", "three"]) await push(repository, "a", folders(text));
    let woken = 0;
    const meanwhile = async () => {
      if (woken++ === 0) await collectAll(repository);
    };
    const { manifestDigest } = await push(slow, "slow", folders("gone soon"), { meanwhile });
    assert.equal(woken, 2);
    await assertRestores(slow, "slow", manifestDigest, folders("gone soon"), signal);
    assert.deepEqual(store.keys("claims/"), []);
    await collectAll(repository);
    await assertRestores(await open("fresh"), "slow", manifestDigest, folders("gone soon"), signal);
  });

  it("leaves nothing to wait for when what it wrote is whole", async () => {
    const [repository, dead] = [await open("a"), await open("dead")];
    const whole = push(dead, "dead", folders("whole"), { crashAt: "push:manifest-written" });
    await assert.rejects(whole, Dead);
    await push(repository, "a", folders("one"));
    await collectAll(repository);
    let found = 0;
    for await (const address of repository.listManifests("dead", signal)) {
      await assertRestores(await open("fresh"), "dead", address, folders("whole"), signal);
      found++;
    }
    assert.equal(found, 1);
  });

  it("has its claim taken away when that arrived late, after it was stored", async () => {
    const repository = await open("a");
    const { manifestDigest } = await push(repository, "a", folders("one"));
    await repository.objects.claim("a", manifestDigest, signal);
    now += graceMs;
    await collect(repository);
    assert.deepEqual(store.keys("claims/"), []);
    assert.equal(store.keys("manifests/").length, 1);
  });

  it("is not what a snapshot is taken for that was stored and is damaged now", async () => {
    const repository = await open("a");
    await push(repository, "a", folders("lost"));
    const lost = store.keys("packs/");
    await push(repository, "a", folders("newer"));
    for (const key of lost) store.objects.delete(key);
    now += 100 * graceMs;
    await assert.rejects(collect(repository), { code: "GC_REFUSED" });
    assert.equal(store.keys("manifests/").length, 2);
  });

  it("is not settled when its own manifest was condemned meanwhile: nobody would keep it", async () => {
    const repository = await open("a");
    await push(repository, "a", folders("one"));
    const fence = await PushFence.open(repository, signal);
    const one = { projectId: "a", slug: "a", snapshotId: "mine", createdAt: new Date(now).toISOString() };
    const packs = repository.packWriter(signal, fence);
    const manifest = await buildSmall(repository, one, folders("two"), null, packs, fence, signal);
    await packs.finishPacks();
    await packs.finishIndex();
    const name = `a/${await repository.writeManifest(manifest, signal)}`;
    assert.equal((await collect(repository, { ...policy, last: 0 })).condemned.manifests, 1);
    await assert.rejects(fence.settle(name), CollectedMeanwhile);
  });
}
