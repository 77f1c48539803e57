import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { unattended } from "../../../agent/host/longCall.ts";
import { packageVersion } from "../../../agent/protocol/packageVersion.ts";
import { decodeVolumePath } from "../../../agent/protocol/volumePath.ts";
import { mostBytes } from "../../../agent/sync/pull/remoteFiles.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import type { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { repositoryKinds } from "../../support/repositoryKinds.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { Machine, makeHomes, onlyUrl } from "../sync/rig/machine.ts";
import { type ExpectedSnapshot, fixturePassphrase, fixtureVersions, openFixture } from "./rig/fixture.ts";

/** Of every object, by its key. */
const digestOf = (store: MemoryBlobStore) =>
  createHash("sha256")
    .update(
      JSON.stringify([...store.objects].map(([key, { bytes }]) => [key, bytes.toString("hex")]).toSorted()),
    )
    .digest("hex");

/** What was released is never changed. */
const kept: Record<string, string> = {
  "0.1.0 plain": "959a6f891e1ff15134da666bd2e4d72d8fc298d2038811f1cc3f566eaa658feb",
  "0.2.0 plain": "72d91441a7e90664aa6046eea3ba50965ca6176af9b050f5e3c89dc6240970af",
  "0.2.0 encrypted": "6f031e80f13527881a0cfef612c4d95640526b6a4b8e8e4618aa0b0faf75eb94",
  "0.1.0 encrypted": "a8befbd6faf406aaa3ceff98f1659227ce45b1f4e5041486e7b3626551677c67",
};

it("there is a repository that this version wrote", () => {
  assert.ok(fixtureVersions().includes(packageVersion(import.meta.dirname)));
});

for (const version of fixtureVersions()) {
  for (const kind of repositoryKinds) {
    describe(`${kind.name} that version ${version} wrote`, function () {
      this.timeout(120_000);
      let pool: LoopPool;
      let homes: ReturnType<typeof makeHomes>;
      let store: MemoryBlobStore;
      let snapshots: ExpectedSnapshot[];
      let machine: Machine;
      before(async () => {
        const fixture = openFixture(version, kind.mode.make);
        store = fixture.store;
        ({ snapshots } = fixture.expected);
        homes = makeHomes();
        pool = openLoopPool(512);
        const access = onlyUrl(store.url, store);
        machine = new Machine({ home: homes.path("here"), pool: pool.path }, { access });
        await machine.sync.setStore({ url: store.url, ...kind.choice }, unattended);
      });
      after(async () => {
        await machine.close();
        pool.close();
        homes.close();
      });

      it("is listed, with every project and snapshot", async () => {
        const listed = await machine.sync.remote.projects(unattended);
        const found = listed.flatMap(({ slug, projectId, snapshots }) =>
          snapshots.map(({ snapshotId, manifestDigest }) => ({
            slug,
            projectId,
            snapshotId,
            manifestDigest,
          })),
        );
        const wanted = snapshots.map(({ tree, ...each }) => (tree === "" ? assert.fail() : each));
        const sorted = (list: typeof wanted) =>
          list.toSorted((a, b) => (a.snapshotId < b.snapshotId ? -1 : 1));
        assert.deepEqual(sorted(found), sorted(wanted));
      });

      it("is whole, read to the last byte", async () => {
        const report = await machine.sync.care.verify(null, 1, unattended);
        assert.deepEqual([report.damaged, report.indexProblems], [[], []]);
        assert.deepEqual([report.snapshots, report.whole], [snapshots.length, snapshots.length]);
      });

      it("comes back as it was, file by file", async () => {
        for (const { slug, projectId, snapshotId, manifestDigest, tree } of snapshots) {
          const path = await machine.pullManifest(projectId, manifestDigest);
          assert.equal(treeFingerprint(path), tree, `${slug} ${snapshotId}`);
          await machine.sync.remote.files(unattended, async (files) => {
            const { files: root } = await files.list({ projectId, manifestDigest }, "", {
              after: undefined,
              limit: 99,
            });
            for (const { name, type, size } of root.filter((each) => each.type === "file")) {
              const { bytes } = await files.read({ projectId, manifestDigest }, name, 0);
              const wanted = readFileSync(Buffer.concat([Buffer.from(`${path}/`), decodeVolumePath(name)]));
              assert.ok(bytes.equals(wanted.subarray(0, mostBytes)), `${name}, ${type} of ${size}`);
            }
          });
          await machine.btrfs.deleteSubvolume(path);
        }
      });

      it("is taken on by this version: pushed to, tidied and mended", async () => {
        const [first] = snapshots;
        assert.ok(first);
        const project = await machine.makeProject("more");
        execFileSync("bash", ["-c", "echo more > more"], { cwd: project.path });
        const entry = await machine.snapshot(project);
        machine.sync.start();
        await machine.push(project);
        assert.equal(machine.durability(entry), "durable");
        const retention = { days: 100_000 };
        for (let round = 0; round < 2; round++) {
          await machine.sync.care.gc({ dryRun: false, retention, graceHours: 0 }, unattended);
        }
        assert.deepEqual((await machine.sync.care.repair({ dryRun: false }, unattended)).left, []);
        assert.equal((await machine.sync.care.verify(null, 1, unattended)).whole, snapshots.length + 1);
      });

      if (kind.mode.make === "encrypted") {
        it("opens with its passphrase", async () => {
          const { store: again } = openFixture(version, "encrypted");
          const access = onlyUrl(again.url, again);
          const other = new Machine({ home: homes.path("other"), pool: pool.path }, { access });
          try {
            await other.sync.setStore({ url: again.url, secret: fixturePassphrase }, unattended);
            assert.equal((await other.sync.remote.projects(unattended)).length, 3);
          } finally {
            await other.close();
          }
        });
      }

      it("lies here as it was written", () => {
        const file = openFixture(version, kind.mode.make);
        assert.equal(digestOf(file.store), kept[`${version} ${kind.mode.make}`]);
      });
    });
  }
}
