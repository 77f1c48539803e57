import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { RetryingBlobStore } from "../../../agent/blobstore/retryingBlobStore.ts";
import type { S3BlobStore } from "../../../agent/blobstore/s3BlobStore.ts";
import type { Clock } from "../../../agent/host/clock.ts";
import { type CephServer, cephServer } from "../../support/cephServer.ts";
import { TcpProxy } from "../../support/tcpProxy.ts";
import { failsWith } from "./rig/failsWith.ts";
import { s3Store } from "./rig/s3Rig.ts";

const { signal } = new AbortController();

describe("S3BlobStore over a bad network", function () {
  this.timeout(60_000);
  const large = randomBytes(3 << 20);
  let ceph: CephServer;
  let proxy: TcpProxy;
  /** Past the network. */
  let direct: S3BlobStore;
  let bucket: string;
  const through = (patienceMs = 10_000) =>
    s3Store({ bucket, endpoint: proxy.endpoint }, ceph.credentials, patienceMs);

  before(async () => {
    ceph = await cephServer();
  });
  beforeEach(async () => {
    bucket = await ceph.makeBucket();
    direct = s3Store({ bucket, endpoint: ceph.endpoint }, ceph.credentials);
    await direct.put("large", large, { signal });
    proxy = await TcpProxy.open(ceph.endpoint);
  });
  afterEach(() => proxy.close());

  it("should work when nothing is wrong", async () => {
    const store = through();
    assert.ok(await store.put("copy", large, { signal }));
    assert.ok(large.equals((await store.get("large", { signal }))?.bytes ?? Buffer.alloc(0)));
    assert.equal(proxy.struck, 0);
  });

  it("should never give a shorter object when the connection is cut in the body", async () => {
    proxy.trouble = { cutAnswerAfter: 1 << 20 };
    await assert.rejects(through().get("large", { signal }), failsWith("STORE_UNREACHABLE", /cut/));
    const range = { offset: 10, length: 2 << 20 };
    await assert.rejects(through().get("large", { signal, range }), failsWith("STORE_UNREACHABLE", /cut/));
    assert.equal(proxy.struck, 2);
  });

  it("should fail when the connection is cut before the first byte, and say nothing of absence", async () => {
    proxy.trouble = { cutAnswerAfter: 0 };
    await assert.rejects(through().get("large", { signal }), failsWith("STORE_UNREACHABLE"));
    await assert.rejects(through().get("absent", { signal }), failsWith("STORE_UNREACHABLE"));
    await assert.rejects(async () => {
      for await (const { key } of through().list("", { signal })) assert.fail(key);
    }, failsWith("STORE_UNREACHABLE"));
  });

  it("should store nothing of a write that was cut in the middle", async () => {
    proxy.trouble = { cutRequestAfter: 1 << 20 };
    await assert.rejects(through().put("new", large, { signal }), failsWith("STORE_UNREACHABLE"));
    assert.equal(await direct.get("new", { signal }), null);
    await assert.rejects(
      through().put("large", randomBytes(2 << 20), { signal }),
      failsWith("STORE_UNREACHABLE"),
    );
    assert.ok(large.equals((await direct.get("large", { signal }))?.bytes ?? Buffer.alloc(0)));
  });

  it("should give up on a server that falls silent, before and within the body", async () => {
    proxy.trouble = { stallAnswerAfter: 0 };
    await assert.rejects(
      through(300).get("large", { signal }),
      failsWith("STORE_UNREACHABLE", /did not answer/),
    );
    await assert.rejects(
      through(300).put("new", Buffer.from("x"), { signal }),
      failsWith("STORE_UNREACHABLE"),
    );
    proxy.trouble = { stallAnswerAfter: 1 << 20 };
    await assert.rejects(
      through(300).get("large", { signal }),
      failsWith("STORE_UNREACHABLE", /did not answer/),
    );
  });

  it("should have patience with a slow server as long as something comes", async () => {
    proxy.trouble = { answerPieces: 100_000 };
    const found = await through(2000).get("large", { signal });
    assert.ok(large.equals(found?.bytes ?? Buffer.alloc(0)));
  });

  it("should stop at once when it is cancelled while it waits", async () => {
    for (const stallAnswerAfter of [0, 1 << 20]) {
      proxy.trouble = { stallAnswerAfter };
      const cancel = new AbortController();
      const struck = proxy.struck;
      const reading = through(600_000).get("large", { signal: cancel.signal });
      const watch = setInterval(() => {
        if (proxy.struck > struck) cancel.abort();
      }, 5);
      await assert.rejects(reading, { name: "AbortError" });
      clearInterval(watch);
    }
  });

  it("should reject a conditional write whose answer was lost, so that the caller reads back", async () => {
    proxy.trouble = { loseAnswer: true };
    const store = new RetryingBlobStore({ store: through(), clock: healing(proxy) });
    const written = store.put("ref", Buffer.from("mine"), { signal, condition: { kind: "absent" } });
    await assert.rejects(written, failsWith("STORE_UNREACHABLE"));
    assert.equal(proxy.struck, 1);
    assert.equal(Buffer.from((await direct.get("ref", { signal }))?.bytes ?? []).toString(), "mine");
  });

  it("should get through once the network is back", async () => {
    const store = new RetryingBlobStore({ store: through(), clock: healing(proxy) });
    proxy.trouble = { cutAnswerAfter: 1 << 20 };
    assert.ok(large.equals((await store.get("large", { signal }))?.bytes ?? Buffer.alloc(0)));
    proxy.trouble = { cutRequestAfter: 1000 };
    assert.ok(await store.put("new", large, { signal }));
    proxy.trouble = { cutAnswerAfter: 0 };
    const keys: string[] = [];
    for await (const { key } of store.list("", { signal })) keys.push(key);
    assert.deepEqual(keys.sort(), ["large", "new"]);
    assert.equal(proxy.struck, 3);
  });
});

/** A clock with which nobody waits, and by which the network is well again after the first wait. */
function healing(proxy: TcpProxy): Clock {
  return {
    now: () => 0,
    monotonic: () => 0,
    after(_ms, call) {
      const timer = setImmediate(() => {
        proxy.trouble = null;
        call();
      });
      return () => {
        clearImmediate(timer);
      };
    },
  };
}
