import assert from "node:assert/strict";
import { type Findings, judgeHealth } from "../../../../agent/projects/health/health.ts";
import type { Pool } from "../../../../agent/protocol/pool.ts";
import type { Store } from "../../../../agent/protocol/store.ts";

const gib = 2 ** 30;
const pool: Pool = {
  poolId: "p",
  path: "/pool",
  image: null,
  state: "mounted",
  totalBytes: 20 * gib,
  freeBytes: 10 * gib,
  metadataUsedRatio: 0.2,
  deviceErrors: 0,
};
const store: Store = {
  url: "dir:///s",
  state: "ok",
  conditionalWrites: true,
  encrypted: false,
  checkedAt: null,
  message: null,
  paused: false,
  limits: { upload: null, download: null },
  tidying: { everyHours: null, nextAt: null, last: null },
};
const well: Findings = {
  slug: "shop",
  pools: [pool],
  store,
  pending: 0,
  uploading: false,
  lastPushAt: 0,
  pushError: null,
  autoSnapshotError: null,
  unfinished: [],
  nestedSubvolumes: [],
  degradations: [],
};
const failed = (code: "STORE_UNREACHABLE" | "REF_CONFLICT" | "STORE_FULL") => ({
  code,
  message: `it was ${code}`,
  hint: "",
});

describe("health", () => {
  const cases: [string, Partial<Findings>, string, RegExp, string | null][] = [
    ["all is stored", {}, "protected", /Every snapshot/, null],
    ["a push runs", { pending: 2, uploading: true }, "saving", /2 snapshots of shop are on the way/, null],
    ["entries wait", { pending: 1 }, "behind", /One snapshot of shop is/, "push"],
    ["a push failed", { pushError: failed("STORE_FULL") }, "behind", /it was STORE_FULL/, "push"],
    ["the store is away", { pushError: failed("STORE_UNREACHABLE") }, "offline", /UNREACHABLE/, "checkStore"],
    [
      "the store refuses",
      { store: { ...store, state: "denied", message: "wrong key" } },
      "offline",
      /wrong key/,
      "checkStore",
    ],
    ["pushing is paused", { store: { ...store, paused: true } }, "paused", /is paused\.$/, "resumePush"],
    [
      "pushing is paused and something waits",
      { store: { ...store, paused: true, state: "unreachable" }, pending: 2 },
      "paused",
      /2 snapshots wait on this disk/,
      "resumePush",
    ],
    ["no store is set", { store: null, pending: 3 }, "unprotected", /this disk only/, "setStore"],
    [
      "another machine wrote",
      { pushError: failed("REF_CONFLICT") },
      "degraded",
      /REF_CONFLICT/,
      "showHealth",
    ],
    [
      "under 10 % is free",
      { pools: [{ ...pool, freeBytes: 1.9 * gib }] },
      "low-space",
      /1\.9 GiB/,
      "deleteSnapshots",
    ],
    [
      "under 1 GiB is free",
      { pools: [{ ...pool, totalBytes: 5 * gib, freeBytes: 0.9 * gib }] },
      "low-space",
      /0\.9 GiB/,
      "deleteSnapshots",
    ],
    [
      "metadata is nearly full",
      { pools: [{ ...pool, metadataUsedRatio: 0.95 }] },
      "low-space",
      /95 %/,
      "deleteSnapshots",
    ],
    [
      "the pool is read-only",
      { pools: [pool, { ...pool, state: "read-only" }] },
      "read-only",
      /refuses/,
      "showHealth",
    ],
    [
      "the pool is gone",
      { pools: [{ ...pool, state: "missing" }] },
      "degraded",
      /cannot be found/,
      "showHealth",
    ],
    [
      "the disk is failing",
      { pools: [{ ...pool, deviceErrors: 4 }], store: null },
      "device-errors",
      /4 errors/,
      "showHealth",
    ],
    ["timers fail", { autoSnapshotError: "no room" }, "degraded", /no room/, "showHealth"],
    ["a subvolume is nested", { nestedSubvolumes: ["db"] }, "degraded", /db/, "showHealth"],
    [
      "there is no helper",
      { degradations: ["Devices are lost."] },
      "degraded",
      /without its helper. Devices are lost/,
      "setUpHelper",
    ],
    [
      "there is no helper and no store",
      { degradations: ["Devices are lost."], store: null },
      "unprotected",
      /this disk only/,
      "setStore",
    ],
    ["recovery failed", { unfinished: ["fork"], store: null }, "degraded", /fork/, "showHealth"],
  ];
  for (const [when, findings, state, message, action] of cases) {
    it(`is ${state} when ${when}`, () => {
      const health = judgeHealth({ ...well, ...findings });
      assert.equal(health.state, state);
      assert.match(health.message, message);
      assert.equal(health.action, action);
    });
  }

  it("says when something was last stored and how much waits", () => {
    const health = judgeHealth({ ...well, pending: 4, lastPushAt: 1000 });
    assert.equal(health.pending, 4);
    assert.equal(health.lastPushAt, "1970-01-01T00:00:01.000Z");
    assert.equal(judgeHealth({ ...well, lastPushAt: null }).lastPushAt, null);
  });
});
