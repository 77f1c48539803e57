import assert from "node:assert/strict";
import { type CephServer, cephServer } from "../../support/cephServer.ts";
import { itIsABlobStore } from "./rig/conformance.ts";
import { s3Store } from "./rig/s3Rig.ts";

const { signal } = new AbortController();

describe("S3BlobStore", function () {
  this.timeout(60_000);
  let ceph: CephServer;

  before(async () => {
    ceph = await cephServer();
  });

  describe("as a store", () => {
    itIsABlobStore(async () => {
      const where = { bucket: await ceph.makeBucket(), endpoint: ceph.endpoint, prefix: "team/backup" };
      return { store: s3Store(where, ceph.credentials), other: s3Store(where, ceph.credentials) };
    });
  });

  it("should keep to its prefix", async () => {
    const bucket = await ceph.makeBucket();
    const [one, two, all] = ["one", "two", ""].map((prefix) =>
      s3Store({ bucket, endpoint: ceph.endpoint, prefix }, ceph.credentials),
    );
    assert.ok(one && two && all);
    await one.put("key", Buffer.from("1"), { signal });
    assert.equal(await two.get("key", { signal }), null);
    const keys: string[] = [];
    for await (const { key } of all.list("", { signal })) keys.push(key);
    assert.deepEqual(keys, ["one/key"]);
  });

  it("should list more than one page", async () => {
    const store = s3Store({ bucket: await ceph.makeBucket(), endpoint: ceph.endpoint }, ceph.credentials);
    const names = Array.from({ length: 2100 }, (_, index) => `many/${index}`);
    for (let start = 0; start < names.length; start += 100) {
      const some = names.slice(start, start + 100);
      await Promise.all(some.map((each) => store.put(each, Buffer.from("x"), { signal })));
    }
    const keys: string[] = [];
    for await (const { key } of store.list("many/", { signal })) keys.push(key);
    assert.deepEqual(keys.sort(), names.sort());
  });
});
