import assert from "node:assert/strict";
import { PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import type { BlobStore } from "../../../agent/blobstore/blobStore.ts";
import type { ErrorCode } from "../../../agent/protocol/errors.ts";
import { type CephServer, type S3Credentials, cephServer } from "../../support/cephServer.ts";
import { freePort } from "../../support/freePort.ts";
import { type AnsweringServer, answeringServer } from "./rig/answeringServer.ts";
import { failsWith } from "./rig/failsWith.ts";
import { s3Store } from "./rig/s3Rig.ts";

const { signal } = new AbortController();
const bytes = Buffer.from("content");

/** Every operation fails in the same way; the conditional write as well. */
async function everythingFails(store: BlobStore, isExpected: (thrown: unknown) => true): Promise<void> {
  await assert.rejects(store.get("key", { signal }), isExpected);
  await assert.rejects(store.get("key", { signal, range: { offset: 1, length: 2 } }), isExpected);
  await assert.rejects(store.put("key", bytes, { signal }), isExpected);
  await assert.rejects(store.put("key", bytes, { signal, condition: { kind: "absent" } }), isExpected);
  await assert.rejects(
    store.put("key", bytes, { signal, condition: { kind: "match", etag: "e" } }),
    isExpected,
  );
  await assert.rejects(store.delete("key", { signal }), isExpected);
  await assert.rejects(async () => {
    for await (const { key } of store.list("", { signal })) assert.fail(key);
  }, isExpected);
}

describe("what a bucket refuses", function () {
  this.timeout(60_000);
  let ceph: CephServer;
  let bucket: string;
  const storeAs = (credentials: S3Credentials, name = bucket) =>
    s3Store({ bucket: name, endpoint: ceph.endpoint }, credentials);

  before(async () => {
    ceph = await cephServer();
  });
  beforeEach(async () => {
    bucket = await ceph.makeBucket();
    await storeAs(ceph.credentials).put("key", bytes, { signal });
  });

  it("should say that the secret key is wrong, without repeating it", async () => {
    const credentials = { ...ceph.credentials, secretAccessKey: "hunter2hunter2" };
    const secrets = [credentials.secretAccessKey, credentials.accessKeyId];
    await everythingFails(storeAs(credentials), failsWith("STORE_DENIED", /secret key is wrong/, secrets));
  });

  it("should say that the access key is not known", async () => {
    const credentials = { ...ceph.credentials, accessKeyId: "AKIANOBODY" };
    const secrets = [credentials.secretAccessKey, credentials.accessKeyId];
    await everythingFails(
      storeAs(credentials),
      failsWith("STORE_DENIED", /access key is not known/, secrets),
    );
  });

  it("should say that there is no such bucket", async () => {
    const store = storeAs(ceph.credentials, "no-such-bucket");
    await everythingFails(store, failsWith("STORE_BUCKET_MISSING", /no-such-bucket/));
  });

  it("should say that a stranger may not enter", async () => {
    const stranger = await ceph.makeUser("stranger");
    await everythingFails(storeAs(stranger), failsWith("STORE_DENIED", /access is denied/));
  });

  it("should tell who may only read from who may do nothing", async () => {
    const reader = await ceph.makeUser("reader");
    await allowReading(ceph, bucket, "reader");
    const store = storeAs(reader);
    assert.deepEqual(Buffer.from((await store.get("key", { signal }))?.bytes ?? []), bytes);
    const readOnly = failsWith("STORE_READ_ONLY", /may only be read/);
    await assert.rejects(store.put("new", bytes, { signal }), readOnly);
    await assert.rejects(store.put("new", bytes, { signal, condition: { kind: "absent" } }), readOnly);
    await assert.rejects(store.delete("key", { signal }), readOnly);
  });

  it("should say that the quota is used up", async () => {
    const guest = await ceph.makeUser("guest");
    const own = await ceph.makeBucket(guest);
    await ceph.admin("quota", "set", "--quota-scope=user", "--uid=guest", "--max-size=100K");
    await ceph.admin("quota", "enable", "--quota-scope=user", "--uid=guest");
    const store = storeAs(guest, own);
    await assert.rejects(store.put("large", Buffer.alloc(200 * 1024), { signal }), failsWith("STORE_FULL"));
    assert.equal(await store.get("large", { signal }), null);
  });

  it("should say that nothing listens at the port", async () => {
    const store = s3Store({ bucket, endpoint: `http://127.0.0.1:${await freePort()}` }, ceph.credentials);
    await everythingFails(store, failsWith("STORE_UNREACHABLE", /nothing listens/));
  });

  it("should say that the server's name is not known", async () => {
    const store = s3Store({ bucket, endpoint: "http://store.invalid" }, ceph.credentials);
    await everythingFails(store, failsWith("STORE_UNREACHABLE", /name/));
  });
});

describe("what other servers answer", () => {
  const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" };
  const servers: AnsweringServer[] = [];
  const answeringBy = async (answer: Parameters<typeof answeringServer>[0]) => {
    const server = await answeringServer(answer);
    servers.push(server);
    return s3Store({ bucket: "bucket", endpoint: server.endpoint }, credentials);
  };
  const answering = (...answer: [status: number, code: string]) => answeringBy(() => answer);
  afterEach(() => Promise.all(servers.splice(0).map((each) => each.close())));

  const cases: [status: number, code: string, ErrorCode][] = [
    [503, "SlowDown", "STORE_UNREACHABLE"],
    [503, "", "STORE_UNREACHABLE"],
    [502, "", "STORE_UNREACHABLE"],
    [429, "TooManyRequests", "STORE_UNREACHABLE"],
    [409, "OperationAborted", "STORE_UNREACHABLE"],
    [403, "RequestTimeTooSkewed", "STORE_UNREACHABLE"],
    [403, "", "STORE_DENIED"],
    [401, "", "STORE_DENIED"],
    [400, "ExpiredToken", "STORE_DENIED"],
    [400, "AuthorizationHeaderMalformed", "STORE_BUCKET_MISSING"],
    [301, "PermanentRedirect", "STORE_BUCKET_MISSING"],
    [507, "", "STORE_FULL"],
  ];
  for (const [status, code, expected] of cases) {
    it(`should make ${status} ${code || "without a word"} ${expected}`, async () => {
      await everythingFails(await answering(status, code), failsWith(expected));
    });
  }

  it("should not take a 404 of something else for a missing object", async () => {
    const store = await answering(404, "");
    await assert.rejects(store.get("key", { signal }), failsWith("STORE_UNREACHABLE", /404/));
    const named = await answering(404, "NoSuchKey");
    assert.equal(await named.get("key", { signal }), null);
  });

  it("should leave a conditional write open that the server broke off and that may have been done", async () => {
    let tries = 0;
    const store = await answeringBy(({ method }) => {
      if (method === "PUT") tries++;
      return method === "PUT" ? [500, "InternalError"] : [404, "NoSuchKey"];
    });
    const written = store.put("key", bytes, { signal, condition: { kind: "absent" } });
    await assert.rejects(written, failsWith("STORE_UNREACHABLE", /500/));
    assert.equal(tries, 1);
  });

  it("should try again when two writers stand in each other's way and nothing was written", async () => {
    let tries = 0;
    const store = await answeringBy(({ method }) => {
      if (method !== "PUT") return [404, "NoSuchKey"];
      return ++tries < 3 ? [409, "ConditionalRequestConflict"] : [200, ""];
    });
    assert.ok(await store.put("key", bytes, { signal, condition: { kind: "absent" } }));
    assert.equal(tries, 3);
  });
});

async function allowReading(ceph: CephServer, bucket: string, user: string): Promise<void> {
  const { endpoint, credentials } = ceph;
  const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
  const statement = {
    Effect: "Allow",
    Principal: { AWS: [`arn:aws:iam:::user/${user}`] },
    Action: ["s3:GetObject", "s3:ListBucket"],
    Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
  };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  try {
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy }));
  } finally {
    client.destroy();
  }
}
