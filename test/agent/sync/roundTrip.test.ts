import assert from "node:assert/strict";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { everyKindOfEntry } from "../../support/everyKindOfEntry.ts";
import { fileDigest } from "../../support/fileDigest.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { repositoryKinds, type RepositoryKind } from "../../support/repositoryKinds.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { listVolume } from "../../support/volumeListing.ts";
import type { Machine } from "./rig/machine.ts";
import { openTwoMachines, type TwoMachines } from "./rig/twoMachines.ts";
import { isReadOnly } from "../../support/isReadOnly.ts";

const mib = 1024 * 1024;

for (const kind of repositoryKinds) {
  describe(`pushing to a store and pulling from it, ${kind.name}`, function () {
    roundTrips.call(this, kind);
  });
}

function roundTrips(this: Mocha.Suite, kind: RepositoryKind): void {
  this.timeout(120_000);
  let store: MemoryBlobStore;
  let both: TwoMachines;
  let here: Machine;
  let there: Machine;
  beforeEach(async () => {
    store = new MemoryBlobStore();
    both = await openTwoMachines({ here: store, there: store }, {}, kind);
    ({ here, there } = both);
  });
  afterEach(() => both.close());

  const assertSame = (expected: string, found: string) => {
    assert.deepEqual(Object.fromEntries(listVolume(found)), Object.fromEntries(listVolume(expected)));
    assert.equal(treeFingerprint(found), treeFingerprint(expected));
  };
  /** Pushes, and tells how many bytes of the snapshots were read for it. */
  const bytesRead = async (project: ProjectRow): Promise<number> => {
    let read = 0;
    const report = ({ message, done }: { message: string; done: number }) => {
      if (message === "Storing the snapshot") read = Math.max(read, done);
    };
    const { signal } = unattended;
    const { pending } = await here.sync.push(here.row(project), { wait: true }, { signal, report });
    assert.equal(pending, 0);
    return read;
  };

  it("rebuilds every kind of entry on another pool, from the store alone", async () => {
    const project = await here.makeProject("site");
    everyKindOfEntry(project.path);
    const entry = await here.snapshot(project);
    const { pending, pushed } = await here.push(project);
    assert.deepEqual([pending, pushed.map((each) => each.snapshotId)], [0, [entry.snapshotId]]);
    const pulled = await there.pull("site");
    assertSame(here.pathOf(entry), pulled);
    assert.equal(isReadOnly(pulled), true);
    assert.deepEqual(readdirSync(join(there.place.pool, ".forkpoint/staging")), []);
  });

  it("keeps a sparse file of 5 GiB sparse", async () => {
    const project = await here.makeProject("site");
    const made = join(project.path, "huge");
    const put = (text: string, at: number) => {
      const file = openSync(made, "r+");
      writeSync(file, text, at);
      closeSync(file);
    };
    writeFileSync(made, "");
    truncateSync(made, 5 * 1024 * mib);
    put("start", 0);
    put("end", 4500 * mib + 1);
    await here.snapshot(project);
    await here.push(project);
    put("later", 4501 * mib);
    const entry = await here.snapshot(project);
    await here.push(project);
    const pulled = join(await there.pull("site"), "huge");
    const pushed = join(here.pathOf(entry), "huge");
    assert.equal(fileDigest(Buffer.from(pulled)), fileDigest(Buffer.from(pushed)));
    assert.ok(statSync(pulled).blocks * 512 < mib);
  });

  it("pushes a change against what is there, and rebuilds each snapshot", async () => {
    const project = await here.makeProject("site");
    everyKindOfEntry(project.path);
    writeFileSync(join(project.path, "large"), randomBytes(20 * mib));
    const first = await here.snapshot(project);
    assert.ok((await bytesRead(project)) > 20 * mib);
    writeFileSync(join(project.path, "plain"), "another");
    rmSync(join(project.path, "three"));
    const before = store.puts.length;
    const second = await here.snapshot(project);
    assert.ok((await bytesRead(project)) < 100);
    const kinds = store.puts.slice(before).map(({ key }) => key.split("/", 1)[0]);
    assert.deepEqual(kinds.toSorted(), ["claims", "index", "keeps", "manifests", "packs", "packs", "refs"]);
    assertSame(here.pathOf(second), await there.pull("site"));
    assertSame(here.pathOf(first), await there.pull("site", first.snapshotId.slice(0, 6)));
  });

  it("stores nothing but the record of a snapshot without changes, and that it is kept", async () => {
    const project = await here.makeProject("site");
    everyKindOfEntry(project.path);
    await here.snapshot(project);
    await here.push(project);
    const before = store.puts.length;
    const second = await here.snapshot(project);
    await here.push(project);
    const stored = store.puts.slice(before).map(({ key }) => key.split("/", 1)[0]);
    assert.deepEqual(stored, ["claims", "manifests", "refs", "keeps"]);
    assertSame(here.pathOf(second), await there.pull("site"));
  });

  it("stores nothing at all when everything is in the store", async () => {
    const project = await here.makeProject("site");
    writeFileSync(join(project.path, "file"), "text");
    const entry = await here.snapshot(project);
    await here.push(project);
    const before = store.puts.length;
    here.entries.change(project.projectId, entry.snapshotId, { durability: "local", manifestDigest: null });
    assert.equal((await here.push(project)).pushed.length, 1);
    assert.equal(store.puts.length, before);
    assert.deepEqual(await here.push(project), { pending: 0, pushed: [] });
  });

  it("pushes everything anew when the base is gone from this disk", async () => {
    const project = await here.makeProject("site");
    everyKindOfEntry(project.path);
    writeFileSync(join(project.path, "large"), randomBytes(5 * mib));
    const first = await here.snapshot(project);
    await here.push(project);
    writeFileSync(join(project.path, "plain"), "another");
    const second = await here.snapshot(project);
    await here.deleteEntry(first);
    assert.ok((await bytesRead(project)) > 5 * mib);
    assertSame(here.pathOf(second), await there.pull("site"));
  });

  it("builds on the snapshot the restored state grew from, not on the newest", async () => {
    const project = await here.makeProject("site");
    const first = await here.snapshot(project);
    writeFileSync(join(project.path, "large"), randomBytes(5 * mib));
    await here.snapshot(project);
    await here.push(project);
    rmSync(join(project.path, "large"));
    here.projects.change(project.projectId, { headSnapshotId: first.snapshotId });
    writeFileSync(join(project.path, "small"), "text");
    const restored = await here.snapshot(project);
    assert.equal(restored.parentId, first.snapshotId);
    assert.equal(await bytesRead(project), 4);
    assertSame(here.pathOf(restored), await there.pull("site"));
  });

  it("pushes a fork against its parent's snapshot", async () => {
    const parent = await here.makeProject("site");
    everyKindOfEntry(parent.path);
    writeFileSync(join(parent.path, "large"), randomBytes(5 * mib));
    const origin = await here.snapshot(parent);
    await here.push(parent);
    const fork = await here.makeProject("trial", origin);
    writeFileSync(join(fork.path, "plain"), "mine");
    const entry = await here.snapshot(fork);
    assert.equal(await bytesRead(fork), 4);
    assertSame(here.pathOf(entry), await there.pull("trial"));
    assertSame(here.pathOf(origin), await there.pull("site"));
    const listed = await there.sync.remote.projects(unattended);
    assert.deepEqual(listed.map(({ slug }) => slug).toSorted(), ["site", "trial"]);
    const { manifest } = await there.sync.remote.find("trial", undefined, unattended);
    assert.deepEqual(manifest.forkedFrom, {
      projectId: parent.projectId,
      slug: "site",
      snapshotId: origin.snapshotId,
    });
  });

  it("pushes a fork whose parent was never pushed", async () => {
    const parent = await here.makeProject("site");
    everyKindOfEntry(parent.path);
    const origin = await here.snapshot(parent);
    here.projects.change(parent.projectId, { headSnapshotId: null });
    const fork = await here.makeProject("trial", origin);
    const entry = await here.snapshot(fork);
    await here.push(fork);
    assert.equal(here.durability(origin), "local");
    assertSame(here.pathOf(entry), await there.pull("trial"));
  });

  it("tells what the store holds, and names what it does not", async () => {
    const project = await here.makeProject("site");
    const first = await here.snapshot(project, "the first");
    await here.snapshot(project);
    await here.push(project);
    const [remote] = await there.sync.remote.projects(unattended);
    assert.equal(remote?.projectId, project.projectId);
    assert.equal(remote.headManifest, here.row(project).remoteHead);
    assert.equal(remote.snapshots.length, 2);
    assert.ok(
      remote.snapshots.some(
        ({ label, snapshotId }) => label === "the first" && snapshotId === first.snapshotId,
      ),
    );
    const find = (name: string, snapshotId?: string) => there.sync.remote.find(name, snapshotId, unattended);
    assert.equal((await find(project.projectId)).manifest.slug, "site");
    assert.equal((await find("site", first.snapshotId)).manifest.snapshotId, first.snapshotId);
    assert.equal((await find("site", first.snapshotId)).remoteHead, remote.headManifest);
    await assert.rejects(find("other"), { code: "PROJECT_NOT_FOUND" });
    await assert.rejects(find("../refs"), { code: "PROJECT_NOT_FOUND" });
    for (const wrong of ["zzzzzzzzzzzz", "", first.snapshotId.slice(0, 3), "../x"]) {
      await assert.rejects(find("site", wrong), { code: "SNAPSHOT_NOT_FOUND" }, wrong);
    }
  });

  it("asks for the id where two projects share a name", async () => {
    const mine = await here.makeProject("site");
    await here.snapshot(mine);
    await here.push(mine);
    const theirs = await there.makeProject("site");
    await there.snapshot(theirs);
    await there.push(theirs);
    const projectIds = [mine.projectId, theirs.projectId].toSorted();
    await assert.rejects(here.sync.remote.find("site", undefined, unattended), {
      code: "PROJECT_NOT_FOUND",
      details: { projectIds },
    });
    assert.ok(existsSync(await here.pull(theirs.projectId)));
  });

  it("leaves nothing on a pool that is too small for the snapshot", async () => {
    const project = await here.makeProject("site");
    writeFileSync(join(project.path, "large"), randomBytes(150 * mib));
    const entry = await here.snapshot(project);
    await here.push(project);
    const small = await openTwoMachines({ here: store, there: store }, { here: 128, there: 128 }, kind);
    try {
      const { pool } = small.here.place;
      await assert.rejects(small.here.pull("site"), { code: "POOL_FULL" });
      assert.deepEqual(
        readdirSync(pool).filter((name) => name.startsWith("pulled-")),
        [],
      );
      const [staging = ""] = readdirSync(join(pool, ".forkpoint/staging"));
      assert.deepEqual(readdirSync(join(pool, ".forkpoint/staging", staging)), []);
    } finally {
      await small.close();
    }
    assertSame(here.pathOf(entry), await there.pull("site"));
  });

  it("pulls nothing onto what is there already", async () => {
    const project = await here.makeProject("site");
    await here.snapshot(project);
    await here.push(project);
    const { manifestDigest } = await there.sync.remote.find("site", undefined, unattended);
    const { pool } = there.place;
    const destination = join(pool, "taken");
    const staging = join(pool, ".forkpoint/staging/mine");
    mkdirSync(destination);
    mkdirSync(staging);
    const request = { projectId: project.projectId, manifestDigest, staging, destination };
    await assert.rejects(there.sync.pull(request, unattended), { code: "POOL_EXISTS" });
    assert.deepEqual([readdirSync(destination), readdirSync(staging)], [[], []]);
  });
}
