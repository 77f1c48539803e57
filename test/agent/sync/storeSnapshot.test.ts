import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../agent/host/clock.ts";
import { neverCrash } from "../../../agent/host/crashPoints.ts";
import { defaultRetention } from "../../../agent/repository/garbage/retention.ts";
import type { PackWriter } from "../../../agent/repository/packWriter.ts";
import type { PushFence } from "../../../agent/repository/garbage/pushFence.ts";
import { Repository } from "../../../agent/repository/repository.ts";
import { storeSnapshot } from "../../../agent/sync/push/storeSnapshot.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { repositoryKinds } from "../../support/repositoryKinds.ts";
import { assertRestores, buildSmall } from "../repository/garbage/rig/smallSnapshot.ts";

const { signal } = new AbortController();
const projectId = "p1";
const machineId = "m1";
const folders = new Map([["folder", new Map([["file", Buffer.from("content")]])]]);
const record = { projectId, slug: "site", snapshotId: "s1", createdAt: "2026-01-02T03:04:05.678Z" };

for (const kind of repositoryKinds) {
  describe(`storing a snapshot in ${kind.name} while it is collected`, () => {
    let home: string;
    let place: MemoryBlobStore;
    let repository: Repository;
    beforeEach(async () => {
      place = new MemoryBlobStore();
      home = mkdtempSync(join(tmpdir(), "forkpoint-store-snapshot-"));
      const options = { store: place, cacheDirectory: home, conditionalWrites: true, clock: systemClock };
      repository = await Repository.open(options, { ...kind.mode, signal });
    });
    afterEach(() => {
      repository.close();
      rmSync(home, { recursive: true });
    });

    /** @param meanwhile called by each attempt, before it is about to end */
    const store = (knownHead: string | null, meanwhile: (attempt: number) => Promise<void>) => {
      let attempt = 0;
      const build = async (packs: PackWriter, fence: PushFence) => {
        const manifest = await buildSmall(repository, record, folders, null, packs, fence, signal);
        await meanwhile(++attempt);
        return manifest;
      };
      const request = { ...record, forkedFrom: null, machineId, knownHead, becomesHead: true, build };
      return storeSnapshot(request, { repository, crashPoint: neverCrash, now: () => 0 }, signal);
    };
    const manifests = async () => {
      const found: string[] = [];
      for await (const digest of repository.listManifests(projectId, signal)) found.push(digest);
      return found;
    };
    /** Something else is condemned and settled for good. */
    const collect = async () => {
      const state = { cycle: 1, phase: "deleting", condemnedAt: 0, retention: defaultRetention } as const;
      assert.ok(await repository.gc.replace(null, { ...state, manifests: [], packs: [] }, signal));
    };
    const idle = () => Promise.resolve();

    it("begins anew when it was overtaken, and takes back what it wrote", async () => {
      const put = place.put.bind(place);
      const written: string[] = [];
      place.put = async (key, bytes, options) => {
        const done = await put(key, bytes, options);
        if (key.startsWith("manifests/") && written.push(key) === 1) await collect();
        return done;
      };
      const { manifestDigest } = await store(null, idle);
      assert.equal(written.length, 2);
      assert.deepEqual(await manifests(), [manifestDigest]);
      await assertRestores(repository, projectId, manifestDigest, folders, signal);
    });

    it("leaves the head alone that was there before, however often it is overtaken", async () => {
      const before = await store(null, idle);
      const after = await store(before.manifestDigest, async (attempt) => {
        assert.deepEqual(await manifests(), [before.manifestDigest]);
        if (attempt === 1) await collect();
      });
      assert.notEqual(after.manifestDigest, before.manifestDigest);
      assert.equal((await repository.readRef(projectId, signal))?.ref.head, after.manifestDigest);
      await assertRestores(repository, projectId, before.manifestDigest, folders, signal);
    });
  });
}
