import type { Entry } from "../../agent/protocol/entry.ts";
import type { Health } from "../../agent/protocol/health.ts";
import type { Pool } from "../../agent/protocol/pool.ts";
import type { Project } from "../../agent/protocol/project.ts";
import type { Store } from "../../agent/protocol/store.ts";
import { defaultRules } from "../../agent/protocol/retention.ts";

/** A project as an agent would describe it, with one entry of every kind. */
export const shop: Project = {
  projectId: "shop00000001",
  slug: "shop",
  path: "/pool/projects/shop",
  poolId: "pool00000001",
  createdAt: "2025-12-01T12:00:00.000Z",
  forkedFrom: null,
  headSnapshotId: "7k2mrestored",
  settings: { ...defaultRules, autoSnapshotMinutes: 10, undeleteHours: 24 },
  nestedSubvolumes: [],
};

export const shopFork: Project = {
  ...shop,
  projectId: "fork00000001",
  slug: "try-sqlite",
  path: "/pool/projects/try-sqlite",
  createdAt: "2026-01-02T11:00:00.000Z",
  forkedFrom: { projectId: shop.projectId, slug: "shop", snapshotId: "4aaafirst000" },
  nestedSubvolumes: ["var/cache"],
};

export const first: Entry = {
  snapshotId: "4aaafirst000",
  projectId: shop.projectId,
  parentId: null,
  cause: "import",
  author: "ada",
  label: null,
  note: null,
  pinned: true,
  createdAt: "2025-12-01T12:00:00.000Z",
  durability: "durable",
  manifestDigest: "ab".repeat(32),
  guardId: null,
  act: null,
  tests: null,
  verifiedAt: null,
  problem: null,
  head: false,
  path: "/pool/.forkpoint/snapshots/shop00000001/4aaafirst000",
};

export const head: Entry = {
  ...first,
  snapshotId: "7k2mrestored",
  parentId: "4aaafirst000",
  cause: "restore",
  pinned: false,
  createdAt: "2026-01-02T11:59:30.000Z",
  durability: "local",
  manifestDigest: null,
  guardId: "5bbbguard000",
  restored: {
    targetId: "4aaafirst000",
    parts: null,
    paths: ["package.json", "src/b\\x0ac", "docs"],
  },
  head: true,
};

export const guard: Entry = {
  ...first,
  snapshotId: "5bbbguard000",
  parentId: "4aaafirst000",
  cause: "guard",
  pinned: false,
  createdAt: "2026-01-02T11:58:00.000Z",
  durability: "uploading",
  manifestDigest: null,
  label: "before the upgrade\nof everything",
};

/** Newest first. */
export const shopEntries: readonly Entry[] = [head, guard, first];

export const pool: Pool = {
  poolId: "pool00000001",
  path: "/pool",
  image: "/images/pool.img",
  state: "mounted",
  totalBytes: 20 * 2 ** 30,
  freeBytes: 15.4 * 2 ** 30,
  metadataUsedRatio: 0.42,
  deviceErrors: 0,
};

export const store: Store = {
  url: "s3://bucket/team?region=eu-central-1",
  state: "ok",
  conditionalWrites: true,
  encrypted: false,
  checkedAt: "2026-01-02T11:00:00.000Z",
  message: null,
  paused: false,
  limits: { upload: null, download: null },
  tidying: { everyHours: null, nextAt: null, last: null },
};

export const health: Health = {
  state: "behind",
  message: "2 snapshots of shop are not in the store yet.",
  action: "push",
  pending: 2,
  lastPushAt: "2026-01-01T12:00:00.000Z",
};
