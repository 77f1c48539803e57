import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { DeferredBlobStore } from "../../../agent/blobstore/deferredBlobStore.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";

describe("a store whose code is loaded on demand", () => {
  const { signal } = new AbortController();

  it("is loaded by its first use, once", async () => {
    let loaded = 0;
    const store = new DeferredBlobStore({
      url: "memory:x",
      load: () => {
        loaded++;
        return Promise.resolve(new MemoryBlobStore());
      },
    });
    assert.equal(store.url, "memory:x");
    assert.equal(loaded, 0);
    await Promise.all([store.put("a", Buffer.from("1"), { signal }), store.get("b", { signal })]);
    assert.equal(Buffer.from((await store.get("a", { signal }))?.bytes ?? []).toString(), "1");
    const keys: string[] = [];
    for await (const { key } of store.list("", { signal })) keys.push(key);
    assert.deepEqual(keys, ["a"]);
    await store.delete("a", { signal });
    assert.equal(await store.get("a", { signal }), null);
    assert.equal(loaded, 1);
  });

  it("leaves the library of buckets unread until a bucket is used", () => {
    const agent = join(import.meta.dirname, "../../../agent");
    const script = `
      import { registerHooks } from "node:module";
      const seen = [];
      registerHooks({ resolve: (name, context, next) => (seen.push(name), next(name, context)) });
      const { openBlobStore } = await import(${JSON.stringify(`${agent}/blobstore/openBlobStore.ts`)});
      const { parseStoreUrl } = await import(${JSON.stringify(`${agent}/blobstore/storeUrl.ts`)});
      const clock = { now: Date.now, monotonic: () => 0, after: () => () => undefined };
      const store = openBlobStore(parseStoreUrl("s3://bucket/x?endpoint=http://127.0.0.1:1"), { clock });
      const before = seen.some((name) => name.includes("client-s3"));
      store.get("key", { signal: AbortSignal.timeout(1) }).catch(() => {
        process.stdout.write(JSON.stringify([before, seen.some((name) => name.includes("client-s3"))]));
        process.exit();
      });`;
    const out = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
      env: { ...process.env, AWS_EC2_METADATA_DISABLED: "true" },
      encoding: "utf8",
    });
    assert.deepEqual(JSON.parse(out), [false, true]);
  });
});
