import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBlobStore } from "../../../agent/blobstore/openBlobStore.ts";
import { systemClock } from "../../../agent/host/clock.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { cephServer, type S3Credentials } from "../../support/cephServer.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { plainKind, sealingOf } from "../../support/repositoryKinds.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { s3Url } from "../blobstore/rig/s3Rig.ts";
import { InterceptedStore } from "./rig/interceptedStore.ts";
import { Machine, makeHomes, onlyUrl } from "./rig/machine.ts";
import { blobsStoredTwice } from "./rig/storedTwice.ts";

const mib = 1024 * 1024;

describe("credentials that are replaced in the middle of a push", function () {
  this.timeout(120_000);
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  let pool: LoopPool;
  let homes: ReturnType<typeof makeHomes>;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "forkpoint-credentials-"));
    environment = { ...process.env };
    for (const name of Object.keys(process.env)) {
      if (name.startsWith("AWS_")) Reflect.deleteProperty(process.env, name);
    }
    Object.assign(process.env, {
      AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
      AWS_CONFIG_FILE: join(folder, "config"),
      AWS_EC2_METADATA_DISABLED: "true",
    });
    pool = openLoopPool(512);
    homes = makeHomes();
  });
  after(() => {
    process.env = environment;
    pool.close();
    homes.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const provide = ({ accessKeyId, secretAccessKey }: S3Credentials) =>
    writeFileSync(
      join(folder, "credentials"),
      `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );

  it("end it with what is wrong, and it goes on with the new ones, sending nothing twice", async () => {
    const ceph = await cephServer();
    const old = await ceph.makeUser("rotating");
    const next = { accessKeyId: randomBytes(10).toString("hex").toUpperCase(), secretAccessKey: "a-new-one" };
    provide(old);
    const where = { bucket: await ceph.makeBucket(old), endpoint: ceph.endpoint };
    const url = s3Url(where);
    const bucket = openBlobStore(url, { clock: systemClock });
    const store = new InterceptedStore(bucket);
    const access = onlyUrl(url.text, store);
    const place = { home: homes.path("here"), pool: pool.path };
    // Its clock stands still, so that nothing is tried again before it is asked for.
    const machine = new Machine(place, { access, clock: new ManualClock() });
    try {
      machine.sync.start();
      await machine.sync.setStore({ url: url.text }, unattended);
      const project = await machine.makeProject("site");
      writeFileSync(join(project.path, "file"), randomBytes(50 * mib));
      const entry = await machine.snapshot(project);
      let packs = 0;
      store.before = async (operation, key) => {
        if (operation !== "put" || !key.startsWith("packs/") || ++packs !== 3) return;
        const user = ["--uid=rotating", "--key-type=s3"];
        const key2 = [`--access-key=${next.accessKeyId}`, `--secret-key=${next.secretAccessKey}`];
        await ceph.admin("key", "create", ...user, ...key2);
        await ceph.admin("key", "rm", ...user, `--access-key=${old.accessKeyId}`);
      };
      await assert.rejects(machine.push(project), (thrown: { code?: string; hint?: string }) => {
        assert.equal(thrown.code, "STORE_DENIED");
        // Servers call a key that is gone unknown, or, while they remember its user, not allowed.
        assert.match(thrown.hint ?? "", /Replace them in ~\/\.aws|Check the credentials/);
        return true;
      });
      assert.ok(packs >= 3);
      assert.equal(machine.durability(entry), "local");
      assert.equal(machine.sync.showStore()?.state, "denied");
      await assert.rejects(machine.push(project), { code: "STORE_DENIED" });
      provide(next);
      await machine.push(project);
      assert.equal(machine.durability(entry), "durable");
      assert.equal(machine.sync.showStore()?.state, "ok");
      assert.deepEqual(await blobsStoredTwice(bucket, await sealingOf(plainKind, bucket)), []);
      assert.equal(treeFingerprint(await machine.pull("site")), treeFingerprint(machine.pathOf(entry)));
    } finally {
      await machine.close();
    }
  });
});
