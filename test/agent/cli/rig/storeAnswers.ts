import type { Handlers } from "../../../../agent/server/handlers.ts";
import { first, shop, store } from "../../../support/shopProject.ts";

const damagedSnapshot = {
  projectId: shop.projectId,
  slug: "shop",
  snapshotId: "4aaafirst000",
  manifestDigest: "ab".repeat(32),
  problems: ["The repository's chunk 12ab is damaged: its bytes do not match its name."],
  isHere: true,
};
const verifyReport = {
  snapshots: 12,
  whole: 10,
  blobs: 4711,
  bytes: 3 * 2 ** 30,
  part: 2,
  parts: 20,
  damaged: [
    damagedSnapshot,
    { ...damagedSnapshot, slug: null, snapshotId: null, problems: ["It is not JSON."], isHere: false },
  ],
  indexProblems: ["The repository's index 34cd is damaged: it is not an index."],
};
const remoteFile = {
  mode: 0o644,
  uid: 0,
  gid: 0,
  modifiedAt: "2026-01-02T03:04:05.000Z",
  target: null,
};

/** What an agent answers of the store that the shop is copied to. */
export const storeAnswers: Partial<Handlers> = {
  "store/show": () => ({ store }),
  "store/set": ({ url }) => ({ ...store, url }),
  "store/keys": () => ({
    keys: [
      {
        keyId: "3f0c9a52b1d47e86",
        kind: "passphrase",
        label: "first",
        createdAt: "2026-01-01T12:00:00.000Z",
      },
      {
        keyId: "77aa0c1e2b93d4f5",
        kind: "keyFile",
        label: "build server",
        createdAt: "2026-01-02T11:00:00.000Z",
      },
    ],
  }),
  "store/pause": () => ({ ...store, paused: true }),
  "store/resume": () => store,
  "store/gcSchedule": ({ everyHours = null }) => ({
    ...store,
    tidying: {
      everyHours,
      nextAt: "2026-01-09T11:00:00.000Z",
      last: { at: "2026-01-02T11:00:00.000Z", problem: null, deletedBytes: 12 * 2 ** 20, condemnedPacks: 3 },
    },
  }),
  "store/limit": ({ upload = null, download = null }) => ({ ...store, limits: { upload, download } }),
  "store/check": () => ({ ...store, state: "denied", message: "The key may not write." }),
  "sync/push": ({ wait }) => (wait ? { pending: 0, pushed: [first] } : { pending: 2, pushed: [] }),
  "sync/pull": () => shop,
  "store/verify": ({ parts }) =>
    parts === 1
      ? { ...verifyReport, damaged: [], indexProblems: [], whole: 12, part: 1, parts: 1 }
      : { ...verifyReport, parts },
  "store/repair": ({ dryRun }) => ({
    dryRun,
    damaged: verifyReport.damaged,
    indexProblems: verifyReport.indexProblems,
    records: [
      { problem: "The ref of shop is missing from the store.", isMended: true, loss: null },
      {
        problem: "The repository's ref p2 is damaged: it is not JSON.",
        isMended: false,
        loss: "“blog” goes on from its snapshot of 2025-11-30 12:00 UTC, the newest in the store that can be read. This machine then writes it.",
      },
    ],
    packsIndexed: 3,
    chunksRecovered: 0,
    badBlobs: 2,
    pushedAgain: [{ slug: "shop", snapshotId: "4aaafirst000" }],
    left: verifyReport.damaged.slice(1),
  }),
  "store/gc": ({ dryRun }) => ({
    dryRun,
    retention: { days: 30, last: 0, daily: 0, weekly: 8, monthly: 0 },
    kept: dryRun ? 12 : null,
    snapshots: dryRun
      ? [{ slug: "shop", snapshotId: "4aaafirst000", createdAt: "2025-11-01T12:00:00.000Z" }]
      : [],
    packs: dryRun
      ? [
          { id: "ab".repeat(32), bytes: 12 * 2 ** 20, liveBytes: 0 },
          { id: "cd".repeat(32), bytes: 10 * 2 ** 20, liveBytes: 2 ** 20 },
        ]
      : [],
    deleted: dryRun ? { manifests: 0, packs: 0, bytes: 0 } : { manifests: 3, packs: 1, bytes: 12 * 2 ** 20 },
    condemned: { manifests: 2, packs: 5 },
    dueInMs: dryRun ? null : 86_400_000,
  }),
  "remote/find": () => ({
    projectId: shop.projectId,
    snapshotId: first.snapshotId,
    manifestDigest: "ab".repeat(32),
  }),
  "remote/list": () => ({
    files: [
      { ...remoteFile, name: "src", type: "directory", mode: 0o755, size: 3 * 2 ** 20 },
      { ...remoteFile, name: "package.json", type: "file", size: 1234 },
      { ...remoteFile, name: "latest", type: "symlink", mode: 0o777, size: null, target: "src/b\\x0ac" },
    ],
    more: false,
  }),
  "remote/read": ({ offset }) => ({
    bytes: Buffer.from(offset === 0 ? "one\n" : "two\n").toString("base64"),
    size: 8,
  }),
};
