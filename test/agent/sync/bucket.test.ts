import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { probeStore } from "../../../agent/blobstore/conditionalWriteProbe.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { cephServer } from "../../support/cephServer.ts";
import { everyKindOfEntry } from "../../support/everyKindOfEntry.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { s3Store } from "../blobstore/rig/s3Rig.ts";
import { openTwoMachines } from "./rig/twoMachines.ts";

describe("a bucket as the store", function () {
  this.timeout(120_000);

  it("keeps what two machines push, and gives each what the other pushed", async () => {
    const ceph = await cephServer();
    const where = { bucket: await ceph.makeBucket(), endpoint: ceph.endpoint, prefix: "team" };
    const store = () => s3Store(where, ceph.credentials);
    assert.deepEqual(await probeStore(store(), unattended), { conditionalWrites: true });
    const both = await openTwoMachines({ here: store(), there: store() }, { here: 512, there: 512 });
    try {
      const pushed = await Promise.all(
        ([both.here, both.there] as const).map(async (machine, at) => {
          const project = await machine.makeProject(`site-${at}`);
          everyKindOfEntry(project.path);
          await machine.snapshot(project);
          await machine.push(project);
          writeFileSync(join(project.path, "plain"), `of machine ${at}`);
          const entry = await machine.snapshot(project);
          await machine.push(project);
          return treeFingerprint(machine.pathOf(entry));
        }),
      );
      assert.equal(treeFingerprint(await both.there.pull("site-0")), pushed[0]);
      assert.equal(treeFingerprint(await both.here.pull("site-1")), pushed[1]);
      const listed = await both.here.sync.remote.projects(unattended);
      assert.deepEqual(listed.map(({ slug, snapshots }) => `${slug}: ${snapshots.length}`).toSorted(), [
        "site-0: 2",
        "site-1: 2",
      ]);
    } finally {
      await both.close();
    }
  });
});
