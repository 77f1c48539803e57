import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EntryRow } from "../../../agent/catalog/entryRow.ts";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { systemClock } from "../../../agent/host/clock.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { Keeps } from "../../../agent/repository/garbage/keeps.ts";
import { Repository } from "../../../agent/repository/repository.ts";
import type { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { type RepositoryKind, repositoryKinds, sealingOf } from "../../support/repositoryKinds.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import type { Machine } from "./rig/machine.ts";
import { openStoredSite } from "./rig/storedSite.ts";
import type { TwoMachines } from "./rig/twoMachines.ts";

const { signal } = new AbortController();

for (const kind of repositoryKinds) {
  describe(`what changes in ${kind.name}, lost or damaged`, function () {
    recordsOf.call(this, kind);
  });
}

function recordsOf(this: Mocha.Suite, kind: RepositoryKind): void {
  this.timeout(60_000);
  let store: MemoryBlobStore;
  let now: number;
  let both: TwoMachines;
  let here: Machine;
  let project: ProjectRow;
  let first: EntryRow;
  beforeEach(async () => {
    now = Date.now();
    ({ store, both, project, first } = await openStoredSite(kind, () => now));
    ({ here } = both);
  });
  afterEach(() => both.close());

  const key = (prefix: string) => store.keys(prefix)[0] ?? assert.fail(`there is nothing below ${prefix}`);
  const damage = (prefix: string) => {
    const object = store.objects.get(key(prefix)) ?? assert.fail();
    object.bytes.writeUInt8(object.bytes.readUInt8(60) ^ 1, 60);
  };
  const repair = (dryRun = false, giveUp = false) => here.sync.care.repair({ dryRun, giveUp }, unattended);
  const gc = () => {
    const retention = { days: 0, last: 0, daily: 0, weekly: 0, monthly: 0 };
    return here.sync.care.gc({ dryRun: false, retention, graceHours: 24 }, unattended);
  };
  const assertRestores = async (entry: EntryRow, wanted = treeFingerprint(here.pathOf(entry))) => {
    const path = await both.there.pull("site", entry.snapshotId);
    assert.equal(treeFingerprint(path), wanted);
    await both.there.btrfs.deleteSubvolume(path);
  };
  const next = () => {
    writeFileSync(join(project.path, "file"), randomBytes(50_000));
    return here.snapshot(project);
  };
  /** What is pushed from now on gets there, and all restores. */
  const assertGoesOn = async () => {
    const entry = await next();
    assert.equal((await here.push(project)).pending, 0);
    for (const each of [first, entry]) await assertRestores(each);
    assert.deepEqual((await repair()).records, []);
  };

  /** A snapshot that no timeline here shows, and is no head. */
  const leavePassing = async () => {
    const passing = await next();
    await here.push(project);
    const files = treeFingerprint(here.pathOf(passing));
    await here.deleteEntry(passing);
    await next();
    await here.push(project);
    return { passing, files };
  };
  const condemned = async () => {
    now += 48 * 3_600_000;
    return (await gc()).condemned.manifests;
  };

  it("a damaged ref stops the pushes, and is written again from what this machine knows", async () => {
    damage("refs/");
    await next();
    await assert.rejects(here.push(project), { code: "OBJECT_DAMAGED" });
    await assert.rejects(both.there.pull("site"), { code: "OBJECT_DAMAGED" });
    const before = store.objects.get(key("refs/"));
    const tried = await repair(true);
    assert.match(tried.records[0]?.problem ?? "", /ref .* is damaged/);
    assert.equal(store.objects.get(key("refs/")), before);
    assert.deepEqual((await repair()).records, tried.records);
    await assertRestores(first);
    await assertGoesOn();
  });

  it("a ref that is missing is, too", async () => {
    store.objects.delete(key("refs/"));
    await assert.rejects(both.there.pull("site"), { code: "PROJECT_NOT_FOUND" });
    assert.deepEqual((await repair()).records, [
      { problem: "The ref of site is missing from the store.", isMended: true, loss: null },
    ]);
    await assertRestores(first);
    await assertGoesOn();
  });

  it("but not by a machine that another one has overtaken", async () => {
    const options = {
      store,
      cacheDirectory: both.homes.path("third"),
      conditionalWrites: true,
      clock: systemClock,
    };
    const repository = await Repository.open(options, { ...kind.mode, make: null, signal });
    const { projectId } = project;
    const mine = await repository.readManifest(projectId, here.row(project).remoteHead ?? "", signal);
    const createdAt = new Date(Date.parse(mine.createdAt) + 1000).toISOString();
    await repository.writeManifest({ ...mine, snapshotId: "anothers", createdAt }, signal);
    repository.close();
    damage("refs/");
    const before = store.objects.get(key("refs/"));
    assert.deepEqual(
      (await repair()).records.map(({ isMended }) => isMended),
      [false],
    );
    assert.equal(store.objects.get(key("refs/")), before);
  });

  it("a damaged record of the collection stops pushes and collections, and is begun anew", async () => {
    const passing = await next();
    await here.push(project);
    await here.deleteEntry(passing);
    await next();
    await here.push(project);
    now += 48 * 3_600_000;
    assert.equal((await gc()).condemned.manifests, 1);
    damage("gc/state");
    const stopped = await next();
    await assert.rejects(here.push(project), { code: "OBJECT_DAMAGED" });
    await assert.rejects(gc(), { code: "OBJECT_DAMAGED" });
    const tried = await repair(true);
    assert.match(tried.records[0]?.problem ?? "", /gc state is damaged/);
    assert.deepEqual((await repair()).records, tried.records);
    assert.equal((await here.push(project)).pending, 0);
    await assertRestores(stopped);
    for (let run = 0; run < 2; run++) {
      await gc();
      now += 48 * 3_600_000;
    }
    assert.equal((await gc()).dueInMs, null);
    await assert.rejects(both.there.pull("site", passing.snapshotId), { code: "SNAPSHOT_NOT_FOUND" });
    await assertGoesOn();
  });

  for (const [what, keys] of [
    ["that is missing", ["gc/state"]],
    ["that an older version wrote and that is missing", ["gc/state", "gc/begun"]],
  ] as const) {
    it(`a record of the collection ${what} is not taken for none, and begun anew`, async () => {
      const { passing } = await leavePassing();
      assert.equal(await condemned(), 1);
      // It has a nonce, which tells of a collection.
      await next();
      await here.push(project);
      for (const each of keys) assert.ok(store.objects.delete(each), each);
      await here.close();
      here = both.reopenHere();
      const stopped = await next();
      if (keys.length === 1) await assert.rejects(here.push(project), { code: "OBJECT_MISSING" });
      await assert.rejects(gc(), { code: keys.length === 1 ? "OBJECT_MISSING" : "GC_REFUSED" });
      const tried = await repair(true);
      assert.match(tried.records[0]?.problem ?? "", /gc state is missing/);
      assert.ok(!store.objects.has("gc/state"));
      assert.deepEqual((await repair()).records, tried.records);
      assert.equal((await here.push(project)).pending, 0);
      await assertRestores(stopped);
      for (let run = 0; run < 2; run++) {
        await gc();
        now += 48 * 3_600_000;
      }
      await assert.rejects(both.there.pull("site", passing.snapshotId), { code: "SNAPSHOT_NOT_FOUND" });
      await assertGoesOn();
    });
  }

  it("no record where nothing was ever collected is none to miss", async () => {
    const fresh = { dryRun: true, retention: {}, graceHours: 24 };
    await here.sync.care.gc(fresh, unattended);
    assert.ok(store.objects.has("gc/clock"));
    assert.deepEqual((await repair()).records, []);
    await assertGoesOn();
    assert.deepEqual(store.keys("gc/"), ["gc/clock"]);
  });

  it("a damaged keep of this machine stops the collection, and is written again", async () => {
    damage("keeps/");
    await assert.rejects(gc(), { code: "GC_REFUSED" });
    assert.deepEqual(
      (await repair()).records.map(({ isMended }) => isMended),
      [true],
    );
    await gc();
    await assertGoesOn();
  });

  it("one of another machine, too; all there is stays until that machine says what it wants", async () => {
    const { passing, files } = await leavePassing();
    const sealing = await sealingOf(kind, store);
    const foreign = `keeps/${sealing.nameProject("m2")}`;
    store.objects.set(foreign, { bytes: Buffer.from("no keep"), etag: "x", modifiedAt: now });
    await assert.rejects(gc(), { code: "GC_REFUSED" });
    const tried = await repair(true);
    assert.equal(store.objects.get(foreign)?.bytes.toString(), "no keep");
    assert.match(tried.records[0]?.problem ?? "", /stays until that machine/);
    assert.deepEqual((await repair()).records, tried.records);
    assert.equal(await condemned(), 0);
    await assertRestores(passing, files);
    await new Keeps(store, sealing).write("m2", [], signal);
    assert.equal(await condemned(), 1);
    await assertGoesOn();
  });

  it("what lies among the keeps and is no machine's stops the collection until somebody gives it up", async () => {
    const { passing, files } = await leavePassing();
    store.objects.set("keeps/No-Machine", { bytes: Buffer.from("x"), etag: "x", modifiedAt: now });
    await assert.rejects(gc(), { code: "GC_REFUSED" });
    const isMended = async (giveUp: boolean) =>
      (await repair(false, giveUp)).records.map((record) => record.isMended);
    assert.deepEqual(await isMended(false), [false]);
    assert.ok(store.objects.has("keeps/No-Machine"));
    assert.deepEqual(await isMended(true), [true]);
    assert.ok(!store.objects.has("keeps/No-Machine"));
    assert.equal(await condemned(), 0);
    await assertRestores(passing, files);
    await assertGoesOn();
  });

  it("a damaged ref of another machine stops the collection until somebody gives that up", async () => {
    const theirs = await both.there.makeProject("theirs");
    writeFileSync(join(theirs.path, "file"), randomBytes(50_000));
    const entry = await both.there.snapshot(theirs);
    await both.there.push(theirs);
    const key = `refs/${(await sealingOf(kind, store)).nameProject(theirs.projectId)}`;
    store.objects.set(key, { bytes: Buffer.from("no ref"), etag: "x", modifiedAt: now });
    const [waiting] = (await repair()).records;
    assert.equal(waiting?.isMended, false);
    assert.match(waiting.loss ?? "", /^“theirs” goes on from its snapshot of 20.* UTC, the newest/);
    await assert.rejects(gc(), { code: "GC_REFUSED", message: new RegExp(`ref ${theirs.projectId}`) });
    const tried = await repair(true, true);
    assert.equal(store.objects.get(key)?.bytes.toString(), "no ref");
    assert.deepEqual((await repair(false, true)).records, tried.records);
    await gc();
    const path = await here.pull("theirs", entry.snapshotId);
    assert.equal(treeFingerprint(path), treeFingerprint(both.there.pathOf(entry)));
    await here.btrfs.deleteSubvolume(path);
    // Should that machine come back after all, it finds what it knew and goes on.
    writeFileSync(join(theirs.path, "file"), randomBytes(50_000));
    await both.there.snapshot(theirs);
    assert.equal((await both.there.push(theirs)).pending, 0);
    await assertGoesOn();
  });

  it("a ref of which nothing is left but itself goes when it is given up", async () => {
    const key = `refs/${(await sealingOf(kind, store)).nameProject("p2")}`;
    store.objects.set(key, { bytes: Buffer.from("no ref"), etag: "x", modifiedAt: now });
    await assert.rejects(gc(), { code: "GC_REFUSED" });
    const [gone] = (await repair(false, true)).records;
    assert.equal(
      gone?.loss,
      "Nothing of the project p2 in the store can be read any more: it goes from the list of projects there.",
    );
    assert.ok(!store.objects.has(key));
    await assertGoesOn();
  });
}
