import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { openBlobStore, setUpStore } from "../../../agent/blobstore/openBlobStore.ts";
import { parseStoreUrl } from "../../../agent/blobstore/storeUrl.ts";
import { systemClock } from "../../../agent/host/clock.ts";
import { cephServer } from "../../support/cephServer.ts";
import { eachTestInAFolder } from "./rig/directoryRig.ts";
import { failsWith } from "./rig/failsWith.ts";

const { signal } = new AbortController();
const clock = systemClock;

describe("openBlobStore", function () {
  this.timeout(60_000);
  const folder = eachTestInAFolder();
  let environment: NodeJS.ProcessEnv;

  beforeEach(() => {
    environment = { ...process.env };
    for (const name of Object.keys(process.env))
      if (name.startsWith("AWS_")) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, {
      HOME: folder(),
      AWS_EC2_METADATA_DISABLED: "true",
    });
  });
  afterEach(() => {
    process.env = environment;
  });

  it("should open a folder that was set up", async () => {
    const url = parseStoreUrl(`dir://${folder()}/store/`);
    await setUpStore(url, { clock });
    const store = openBlobStore(url, { clock });
    assert.equal(store.url, `dir://${folder()}/store`);
    assert.ok(await store.put("key", Buffer.from("x"), { signal }));
  });

  it("should leave a folder alone that was never set up", async () => {
    mkdirSync(join(folder(), "store"));
    const store = openBlobStore(parseStoreUrl(`dir://${folder()}/store`), { clock });
    const expected = failsWith("STORE_UNREACHABLE", /holds no store/);
    await assert.rejects(store.put("key", Buffer.from("x"), { signal }), expected);
    await assert.rejects(store.get("key", { signal }), expected);
    assert.ok(!existsSync(join(folder(), "store/.forkpoint")));
  });

  it("should open a bucket with the credentials of the environment", async () => {
    const ceph = await cephServer();
    process.env["AWS_ACCESS_KEY_ID"] = ceph.credentials.accessKeyId;
    process.env["AWS_SECRET_ACCESS_KEY"] = ceph.credentials.secretAccessKey;
    const text = `s3://${await ceph.makeBucket()}/prefix?endpoint=${ceph.endpoint}`;
    const url = parseStoreUrl(text);
    await setUpStore(url, { clock });
    const store = openBlobStore(url, { clock });
    assert.equal(store.url, text);
    assert.ok(await store.put("key", Buffer.from("x"), { signal }));
  });

  it("should say that there are no credentials", async () => {
    const store = openBlobStore(parseStoreUrl("s3://bucket?endpoint=http://127.0.0.1:1"), { clock });
    await assert.rejects(store.get("key", { signal }), failsWith("STORE_DENIED", /no credentials/));
  });
});
