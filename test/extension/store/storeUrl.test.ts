import assert from "node:assert/strict";
import type { Store } from "../../../agent/protocol/store.ts";
import { poolSizeProblem, smallestPool, suggestPoolSize } from "../../../extension/pools/poolSize.ts";
import { storeText } from "../../../extension/store/storeText.ts";
import { storeUrlProblem } from "../../../extension/store/storeUrl.ts";

const gib = 1024 ** 3;

describe("storeUrlProblem", () => {
  it("accepts folders and buckets", () => {
    for (const url of [
      "dir:///mnt/backup",
      "s3://bucket/prefix",
      " s3://my.bucket/a/b?endpoint=https://s3.example.org&region=eu-central-1&forcePathStyle=true ",
    ]) {
      assert.equal(storeUrlProblem(url), null, url);
    }
  });

  it("says what is wrong with anything else", () => {
    assert.match(storeUrlProblem("") ?? "", /Type/);
    assert.match(storeUrlProblem("dir://relative") ?? "", /absolute/);
    assert.match(storeUrlProblem("https://bucket") ?? "", /Begin with/);
    assert.match(storeUrlProblem("s3://key:secret@bucket/p") ?? "", /credentials/);
    assert.match(storeUrlProblem("s3://") ?? "", /bucket|complete/);
    assert.match(storeUrlProblem("s3://bucket/p?endpoint=s3.example.org") ?? "", /endpoint/);
  });
});

describe("storeText", () => {
  it("warns of a store that ignores conditional writes", () => {
    const store: Omit<Store, "conditionalWrites"> = {
      url: "dir:///x",
      encrypted: false,
      state: "ok",
      checkedAt: null,
      message: null,
      paused: false,
      limits: { upload: null, download: null },
      tidying: { everyHours: null, nextAt: null, last: null },
    };
    assert.equal(storeText({ ...store, conditionalWrites: true }), "It can be read and written.");
    assert.match(storeText({ ...store, conditionalWrites: false }), /one machine only/);
    assert.match(storeText({ ...store, conditionalWrites: true, paused: true }), /Pushing to it is paused/);
    assert.match(
      storeText({ ...store, state: "denied", conditionalWrites: null, message: "403." }),
      /credentials\. 403\./,
    );
  });
});

describe("a new pool's size", () => {
  it("is 20 GB, or half of what is free", () => {
    assert.equal(suggestPoolSize(500 * gib), 20 * gib);
    assert.equal(suggestPoolSize(15 * gib), 7 * gib);
    assert.equal(suggestPoolSize(gib), smallestPool);
  });

  it("is refused when it is too small, too large or no size", () => {
    assert.equal(poolSizeProblem("2G", 10 * gib), null);
    assert.match(poolSizeProblem("100M", 10 * gib) ?? "", /at least 256 MB/);
    assert.match(poolSizeProblem("20G", 10 * gib) ?? "", /Only 10 GB/);
    assert.match(poolSizeProblem("big", 10 * gib) ?? "", /such as/);
  });
});
