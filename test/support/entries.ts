import type { Entry } from "../../agent/protocol/entry.ts";
import type { Project } from "../../agent/protocol/project.ts";
import { defaultRules } from "../../agent/protocol/retention.ts";

/** An entry as the agent sends it; each call names what matters to the test. */
export function anEntry(given: Partial<Entry> = {}): Entry {
  return {
    snapshotId: "s0000000000a",
    projectId: "p0000000000a",
    parentId: null,
    cause: "manual",
    author: "ada",
    label: null,
    note: null,
    pinned: false,
    createdAt: "2026-03-01T12:00:00.000Z",
    durability: "local",
    manifestDigest: null,
    guardId: null,
    act: null,
    tests: null,
    verifiedAt: null,
    problem: null,
    head: false,
    path: "/pool/.forkpoint/snapshots/p0000000000a/s0000000000a",
    ...given,
  };
}

/** A project as the agent sends it. */
export function aProject(given: Partial<Project> = {}): Project {
  return {
    projectId: "p0000000000a",
    slug: "shop",
    path: "/pool/projects/shop",
    poolId: "l0000000000a",
    createdAt: "2026-03-01T12:00:00.000Z",
    forkedFrom: null,
    headSnapshotId: null,
    settings: { ...defaultRules, autoSnapshotMinutes: 10, undeleteHours: 24 },
    nestedSubvolumes: [],
    ...given,
  };
}
