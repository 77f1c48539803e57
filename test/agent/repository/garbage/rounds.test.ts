import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DirectoryBlobStore } from "../../../../agent/blobstore/directoryBlobStore.ts";
import { systemClock } from "../../../../agent/host/clock.ts";
import { cephServer } from "../../../support/cephServer.ts";
import { s3Store } from "../../blobstore/rig/s3Rig.ts";
import { type RepositoryKind, repositoryKinds } from "../../../support/repositoryKinds.ts";
import { round } from "./rig/round.ts";

const rounds = Number(process.env["FORKPOINT_GC_ROUNDS"] ?? 40);
const first = Number(process.env["FORKPOINT_GC_SEED"] ?? 1);

for (const kind of repositoryKinds) {
  describe(`pushes and collections of ${kind.name} at the same time`, function () {
    suite.call(this, kind);
  });
}

function suite(this: Mocha.Suite, kind: RepositoryKind): void {
  this.timeout(600_000);

  it(`lose nothing that was called stored, in ${rounds} rounds in which any is killed anywhere`, async () => {
    const sum = { restored: 0, dropped: 0, collected: 0 };
    for (let seed = first; seed < first + rounds; seed++) {
      try {
        const { restored, dropped, collected } = await round(kind, seed);
        sum.restored += restored;
        sum.dropped += dropped;
        sum.collected += collected;
      } catch (thrown) {
        throw new Error(`FORKPOINT_GC_SEED=${seed} FORKPOINT_GC_ROUNDS=1`, { cause: thrown });
      }
    }
    // It was worth the while.
    assert.ok(sum.dropped > rounds, `${sum.dropped} snapshots dropped`);
    assert.ok(sum.collected > rounds, `${sum.collected} packs deleted`);
    assert.ok(sum.restored > rounds * 2, `${sum.restored} snapshots restored`);
  });

  it("lose nothing in a folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "forkpoint-gc-store-"));
    try {
      for (let seed = 1; seed <= 3; seed++) {
        const path = join(folder, String(seed));
        const place = new DirectoryBlobStore({ path, url: `dir://${path}`, clock: systemClock });
        await place.setUp();
        assert.ok((await round(kind, seed, { place })).restored > 0);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("lose nothing in a bucket", async () => {
    const ceph = await cephServer();
    for (let seed = 1; seed <= 2; seed++) {
      const where = { bucket: await ceph.makeBucket(), endpoint: ceph.endpoint, prefix: "gc" };
      assert.ok((await round(kind, seed, { place: s3Store(where, ceph.credentials) })).restored > 0);
    }
  });
}
