import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EntryRow } from "../../../agent/catalog/entryRow.ts";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { decodePack } from "../../../agent/repository/packFormat.ts";
import type { BlobRecord } from "../../../agent/repository/blob.ts";
import type { Sealing } from "../../../agent/repository/sealing.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { type RepositoryKind, repositoryKinds, sealingOf } from "../../support/repositoryKinds.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import type { Machine } from "./rig/machine.ts";
import { openTwoMachines, type TwoMachines } from "./rig/twoMachines.ts";

const dayMs = 24 * 3_600_000;

for (const kind of repositoryKinds) {
  describe(`the care for ${kind.name}`, function () {
    careFor.call(this, kind);
  });
}

function careFor(this: Mocha.Suite, kind: RepositoryKind): void {
  this.timeout(120_000);
  let store: MemoryBlobStore;
  let both: TwoMachines;
  let sealing: Sealing;
  let here: Machine;
  let project: ProjectRow;
  let first: EntryRow;
  let second: EntryRow;
  let prints: string[];
  let now: number;
  beforeEach(async () => {
    store = new MemoryBlobStore();
    now = Date.now();
    store.now = () => now;
    both = await openTwoMachines({ here: store, there: store }, { here: 512, there: 512 }, kind);
    sealing = await sealingOf(kind, store);
    ({ here } = both);
    project = await here.makeProject("site");
    writeFileSync(join(project.path, "large"), randomBytes(2_500_000));
    mkdirSync(join(project.path, "folder"));
    writeFileSync(join(project.path, "folder/old"), randomBytes(4_000_000));
    writeFileSync(join(project.path, "a"), "linked");
    linkSync(join(project.path, "a"), join(project.path, "b"));
    first = await here.snapshot(project);
    await here.push(project);
    rmSync(join(project.path, "folder/old"));
    writeFileSync(join(project.path, "folder/new"), randomBytes(1000));
    second = await here.snapshot(project);
    await here.push(project);
    prints = [first, second].map((entry) => treeFingerprint(here.pathOf(entry)));
  });
  afterEach(() => both.close());

  const recordsOf = (bytes: Buffer): BlobRecord[] => decodePack("", bytes, sealing).records;
  const damage = (pick: (kind: string) => boolean) => {
    for (const key of store.keys("packs/")) {
      const object = store.objects.get(key);
      const bytes = object?.bytes;
      const record = bytes && recordsOf(bytes).find(({ kind }) => pick(kind));
      if (!record) continue;
      bytes.writeUInt8(bytes.readUInt8(record.offset + 3) ^ 1, record.offset + 3);
      return;
    }
    assert.fail("there is nothing to damage");
  };
  const verify = (parts = 1) => here.sync.care.verify(null, parts, unattended);
  const repair = (dryRun = false) => here.sync.care.repair({ dryRun }, unattended);
  const gc = (days: number, dryRun = false) =>
    here.sync.care.gc({ dryRun, retention: { days }, graceHours: 24 }, unattended);
  const assertRestores = async () => {
    for (const [at, entry] of [first, second].entries()) {
      const path = await both.there.pull("site", entry.snapshotId);
      assert.equal(treeFingerprint(path), prints[at]);
      await both.there.btrfs.deleteSubvolume(path);
    }
  };
  const finished = () => here.push(project);

  describe("verify", () => {
    it("marks what it read whole", async () => {
      const report = await verify();
      assert.deepEqual([report.snapshots, report.whole, report.damaged.length], [2, 2, 0]);
      for (const entry of [first, second]) {
        const { durability, verifiedAt } = here.entry(entry.projectId, entry.snapshotId);
        assert.equal(durability, "verified");
        assert.ok(verifiedAt !== null);
      }
      assert.equal((await here.push(project)).pending, 0);
    });

    it("reads a share each time, and everything in the end", async () => {
      for (let at = 0; at < 80; at++) writeFileSync(join(project.path, `small-${at}`), randomBytes(2000));
      const many = await here.snapshot(project);
      await here.push(project);
      const bytes: number[] = [];
      for (let part = 0; part < 4; part++) {
        assert.equal(here.durability(many), "durable", `after ${part} parts`);
        bytes.push((await verify(4)).bytes);
      }
      assert.equal(here.durability(many), "verified");
      assert.ok(Math.max(...bytes) < (await verify()).bytes);
    });

    it("goes on where it was ended, and reads nothing twice", async () => {
      const reads: string[] = [];
      const get = store.get.bind(store);
      const ending = new AbortController();
      store.get = (key, options) => {
        if (key.startsWith("packs/")) reads.push(key);
        if (reads.length === 3) ending.abort();
        return get(key, options);
      };
      const call = { signal: ending.signal, report: () => undefined };
      await assert.rejects(here.sync.care.verify(null, 1, call));
      assert.equal(here.durability(first), "durable");
      const report = await verify();
      assert.equal(report.whole, 2);
      assert.equal(here.durability(first), "verified");
    });

    for (const kind of ["chunk", "tree", "links"]) {
      it(`finds a damaged ${kind}, and what it belongs to is pushed again`, async () => {
        damage((each) => each === kind);
        const report = await verify();
        assert.ok(report.damaged.length > 0);
        assert.match(report.damaged[0]?.problems[0] ?? "", new RegExp(`${kind} [0-9a-f]{64} is damaged`));
        await finished();
        assert.equal(here.durability(first), "durable");
        assert.equal((await verify()).whole, 2);
        await assertRestores();
      });
    }

    it("finds a pack that is missing, and it is pushed again", async () => {
      const [key = ""] = store.keys("packs/");
      store.objects.delete(key);
      assert.ok((await verify(1000)).damaged.length > 0);
      await finished();
      assert.equal((await verify()).whole, 2);
      await assertRestores();
    });

    it("says what is damaged that is not here", async () => {
      await here.deleteEntry(first);
      damage((kind) => kind === "chunk");
      const report = await verify();
      const [damaged] = report.damaged.filter(({ isHere }) => !isHere);
      assert.equal(damaged?.snapshotId, first.snapshotId);
    });
  });

  describe("repair", () => {
    it("finds nothing to do in a sound store", async () => {
      const report = await repair();
      assert.deepEqual([report.damaged, report.left, report.packsIndexed], [[], [], 0]);
    });

    it("rebuilds lost and damaged indexes from the packs", async () => {
      for (const [at, key] of store.keys("index/").entries()) {
        if (at === 0) store.objects.delete(key);
        else store.objects.set(key, { bytes: Buffer.from("no index"), etag: "x", modifiedAt: now });
      }
      await here.close();
      rmSync(join(here.place.home, "cache"), { recursive: true });
      here = both.reopenHere();
      const tried = await repair(true);
      assert.ok(tried.packsIndexed > 0);
      assert.deepEqual(await repair(true), tried);
      assert.ok((await repair()).packsIndexed > 0);
      assert.equal((await verify()).whole, 2);
      await assertRestores();
    });

    it("stores again what is missing, and deletes nothing", async () => {
      const packs = store.keys("packs/");
      store.objects.delete(packs[0] ?? "");
      const kept = store.keys("");
      const tried = await repair(true);
      assert.ok(tried.pushedAgain.length > 0);
      assert.deepEqual(store.keys(""), kept);
      here.sync.start();
      const report = await repair();
      assert.deepEqual(report.left, []);
      for (const key of packs.slice(1)) assert.ok(store.objects.has(key));
      assert.equal((await verify()).whole, 2);
      await assertRestores();
    });

    it("writes lost and damaged manifests again", async () => {
      const [one = "", other = ""] = store.keys("manifests/");
      store.objects.delete(one);
      store.objects.set(other, { bytes: Buffer.from("{}"), etag: "x", modifiedAt: now });
      here.sync.start();
      assert.deepEqual((await repair()).left, []);
      await assertRestores();
    });

    it("puts lost chunks together for snapshots that are not here, from others that have their files", async () => {
      for (let number = 10; number < 50; number++) {
        writeFileSync(join(project.path, `folder/small-${number}`), randomBytes(1500));
      }
      const elsewhere = await here.snapshot(project);
      await here.push(project);
      const print = treeFingerprint(here.pathOf(elsewhere));
      const packs = new Set(store.keys("packs/"));
      // With it the files would be gathered otherwise.
      writeFileSync(join(project.path, "folder/small-0"), randomBytes(1500));
      await here.snapshot(project);
      await here.push(project);
      await here.deleteEntry(elsewhere);
      for (const key of packs) {
        const records = recordsOf(store.objects.get(key)?.bytes ?? assert.fail("it was listed"));
        if (records.some(({ kind }) => kind === "chunk")) store.objects.delete(key);
      }
      await here.deleteEntry(first);
      here.sync.start();
      const report = await repair();
      assert.ok(report.chunksRecovered > 0);
      assert.deepEqual(
        report.left.map(({ snapshotId }) => snapshotId),
        [first.snapshotId],
      );
      const path = await both.there.pull("site", elsewhere.snapshotId);
      assert.equal(treeFingerprint(path), print);
    });

    it("lists what cannot be mended", async () => {
      await here.deleteEntry(first);
      for (const key of store.keys("packs/")) {
        const records = recordsOf(store.objects.get(key)?.bytes ?? assert.fail("it was listed"));
        if (records.some(({ kind }) => kind === "chunk") && records.length > 2) store.objects.delete(key);
      }
      here.sync.start();
      const report = await repair();
      assert.deepEqual(
        report.left.map(({ snapshotId }) => snapshotId),
        [first.snapshotId],
      );
      assert.equal(here.durability(second), "durable");
    });
  });

  describe("gc", () => {
    const collect = async (days: number) => {
      now += 2 * dayMs;
      const first = await gc(days);
      now += 2 * dayMs;
      const second = await gc(days);
      return { first, second };
    };

    it("leaves alone what timelines show, and what is young", async () => {
      const before = store.keys("packs/");
      const { first: one, second: other } = await collect(0);
      assert.deepEqual([one.condemned.manifests, other.deleted.manifests], [0, 0]);
      assert.deepEqual(store.keys("packs/"), before);
      await here.deleteEntry(first);
      assert.equal((await collect(30)).second.deleted.manifests, 0);
      await assertRestores();
    });

    it("deletes what no timeline shows, after the grace period, and the rest restores", async () => {
      await here.deleteEntry(first);
      now += 2 * dayMs;
      const plan = await gc(0, true);
      assert.deepEqual(
        plan.snapshots.map(({ snapshotId }) => snapshotId),
        [first.snapshotId],
      );
      const bytes = () => [...store.objects.values()].reduce((sum, object) => sum + object.bytes.length, 0);
      const before = bytes();
      await gc(0);
      assert.equal((await gc(0)).deleted.manifests, 0);
      now += 2 * dayMs;
      const { deleted } = await gc(0);
      assert.equal(deleted.manifests, 1);
      assert.ok(before - bytes() > 3_500_000, `${before - bytes()} bytes became free`);
      await assert.rejects(both.there.pull("site", first.snapshotId), { code: "SNAPSHOT_NOT_FOUND" });
      const path = await both.there.pull("site");
      assert.equal(treeFingerprint(path), prints[1]);
      assert.equal((await verify()).whole, 1);
    });

    it("pushes on afterwards, and stores again what it had deleted", async () => {
      await here.deleteEntry(first);
      const old = randomBytes(50_000);
      writeFileSync(join(project.path, "again"), old);
      const third = await here.snapshot(project);
      await here.push(project);
      rmSync(join(project.path, "again"));
      await here.snapshot(project);
      await here.push(project);
      await here.deleteEntry(third);
      await collect(0);
      writeFileSync(join(project.path, "again"), old);
      const fifth = await here.snapshot(project);
      await here.push(project);
      const path = await both.there.pull("site");
      assert.equal(treeFingerprint(path), treeFingerprint(here.pathOf(fifth)));
    });

    it("refuses while something that is to be kept is damaged", async () => {
      const [key = ""] = store.keys("packs/");
      store.objects.delete(key);
      await assert.rejects(gc(0), { code: "GC_REFUSED" });
    });
  });

  it("gives single folders and files of the store without rebuilding anything", async () => {
    const { manifest, manifestDigest } = await here.sync.remote.find("site", first.snapshotId, unattended);
    const snapshot = { projectId: manifest.projectId, manifestDigest };
    await both.there.sync.remote.files(unattended, async (files) => {
      const page = { after: undefined, limit: 2 };
      const root = await files.list(snapshot, "", page);
      assert.deepEqual([root.files.map(({ name }) => name), root.more], [["a", "b"], true]);
      const rest = await files.list(snapshot, "", { after: "b", limit: 10 });
      assert.deepEqual(
        rest.files.map(({ name }) => name),
        ["folder", "large"],
      );
      const inside = await files.list(snapshot, "folder", page);
      assert.deepEqual(
        inside.files.map(({ name, size }) => [name, size]),
        [["old", 4_000_000]],
      );
      const parts: Buffer[] = [];
      for (let offset = 0; ;) {
        const { bytes, size } = await files.read(snapshot, "large", offset);
        assert.ok(bytes.length <= 1024 * 1024);
        assert.equal(size, 2_500_000);
        if (bytes.length === 0) break;
        parts.push(bytes);
        offset += bytes.length;
      }
      assert.equal(Buffer.concat(parts).length, 2_500_000);
      assert.equal((await files.read(snapshot, "b", 0)).bytes.toString(), "linked");
      await assert.rejects(files.read(snapshot, "folder", 0), { code: "PATH_NOT_FOUND" });
      await assert.rejects(files.read(snapshot, "folder/none", 0), { code: "PATH_NOT_FOUND" });
      await assert.rejects(files.list(snapshot, "../x", page), { code: "PATH_OUTSIDE_VOLUME" });
    });
  });
}
