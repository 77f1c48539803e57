import type { Operation } from "../../../../agent/protocol/project.ts";
import { ForkpointError } from "../../../../agent/protocol/errors.ts";
import type { Result } from "../../../../agent/protocol/methods.ts";
import type { PathVersion } from "../../../../agent/protocol/pathHistory.ts";
import { defaultRules, RetentionRules, type Room } from "../../../../agent/protocol/retention.ts";
import type { Handlers } from "../../../../agent/server/handlers.ts";
import { guard, head, first, shop, shopEntries } from "../../../support/shopProject.ts";

const summary = { added: 1, modified: 1, removed: 1, renamed: 1, metadata: 1 };
const equal = { added: 0, modified: 0, removed: 0, renamed: 0, metadata: 0 };

const differences: Pick<Result<"timeline/diff">, "changes" | "summary"> = {
  changes: [
    { path: "src/new.ts", kind: "added", type: "file", size: 1234 },
    { path: "package.json", kind: "modified", type: "file", size: 3 * 2 ** 20 },
    { path: "old", kind: "removed", type: "directory", size: null },
    { path: "b\\x0aname", from: "a", kind: "renamed", type: "file", size: 12 },
    { path: "run.sh", kind: "metadata", type: "file", size: 80 },
    { path: "node_modules/a/index.js", kind: "added", type: "file", size: 5000 },
    { path: "node_modules/b", kind: "removed", type: "directory", size: null },
  ],
  summary: { added: 2, modified: 1, removed: 2, renamed: 1, metadata: 1 },
};

const rooms: Room[] = [
  { bytes: 3 * 2 ** 20, certainty: "atLeast" },
  { bytes: 512, certainty: "estimate" },
];

const no = { possible: false, until: null, hint: null };
const done = {
  projectId: shop.projectId,
  slug: "shop",
  author: "ada",
  label: null,
  targetId: null,
  paths: null,
  from: null,
};
const operations: Operation[] = [
  {
    ...{ ...done, operationId: 12, kind: "delete", at: "2026-01-02T11:55:00.000Z" },
    ...{ snapshotIds: [guard.snapshotId], label: "before lunch" },
    undo: { possible: true, until: "2026-01-03T11:55:00.000Z", hint: null },
  },
  {
    ...{
      ...done,
      operationId: 11,
      kind: "restore",
      at: "2026-01-02T11:00:00.000Z",
      snapshotIds: [head.snapshotId],
    },
    ...{ targetId: first.snapshotId, paths: ["src/b\\x0ac"] },
    undo: { possible: true, until: null, hint: null },
  },
  {
    ...{ ...done, operationId: 10, kind: "fork", slug: "try-sqlite", at: "2026-01-01T12:00:00.000Z" },
    snapshotIds: [first.snapshotId],
    from: { projectId: shop.projectId, slug: "shop", snapshotId: first.snapshotId },
    undo: { ...no, hint: "Delete it with `forkpoint project delete try-sqlite`." },
  },
  {
    ...{ ...done, operationId: 9, kind: "undelete", at: "2026-01-01T12:00:00.000Z" },
    ...{ snapshotIds: [guard.snapshotId, first.snapshotId], undo: no },
  },
];

const version: PathVersion = {
  kind: "file",
  size: 1234,
  modifiedAt: "2026-01-02T11:59:45.000Z",
  mode: 0o644,
  target: null,
  first: null,
  last: null,
  entries: 0,
  times: 1,
  now: true,
  gone: false,
  goneIn: null,
  from: null,
  changes: null,
};
export const versions: readonly PathVersion[] = [
  version,
  {
    ...version,
    ...{ size: 3 * 2 ** 20, mode: 0o755, modifiedAt: "2025-12-01T11:00:00.000Z" },
    ...{ first, last: head, entries: 2, times: 2, now: false, from: "src/a\\x0ab" },
  },
  {
    ...version,
    ...{
      kind: "symlink",
      size: null,
      mode: 0o777,
      target: "../elsewhere",
      modifiedAt: "2025-11-01T11:00:00.000Z",
    },
    ...{ first: guard, last: guard, entries: 1, now: false, gone: true, goneIn: head },
  },
  {
    ...version,
    ...{ kind: "directory", size: null, mode: 0o755, modifiedAt: "2025-10-01T11:00:00.000Z" },
    ...{ first, last: first, entries: 1, now: false, changes: summary },
  },
];

/** What an agent answers of the shop's timeline. */
export const timelineAnswers: Partial<Handlers> = {
  "timeline/list": () => ({ entries: [...shopEntries], more: false, matches: null, idLength: 6 }),
  "timeline/diff": () => ({ ...differences, truncated: true }),
  "snapshot/show": ({ snapshotId = head.snapshotId }) => {
    const found = shopEntries.find((entry) => entry.snapshotId.startsWith(snapshotId));
    if (!found) throw new ForkpointError("SNAPSHOT_NOT_FOUND", `There is no snapshot ${snapshotId}.`);
    return found;
  },
  "timeline/changes": ({ snapshotIds, path }) => ({
    changes: snapshotIds.map((snapshotId) => ({
      snapshotId,
      summary: snapshotId === first.snapshotId ? null : snapshotId === guard.snapshotId ? equal : summary,
      touches: path === undefined ? null : snapshotId !== guard.snapshotId,
    })),
  }),
  "timeline/history": ({ path, from }) => ({
    versions: from === undefined ? versions.slice(0, 2) : versions.slice(2),
    next: path === "src" || from !== undefined ? null : first.snapshotId,
    unknown: path === "src" ? 2 : 0,
    uncompared: path === "src" ? 1 : 0,
    looks: 12,
  }),
  "timeline/deleted": ({ path }) => ({
    deleted:
      path === "src"
        ? []
        : [
            { path: "docs/it's old.md", kind: "file", size: 5 * 2 ** 10, below: 0, entry: guard },
            { path: "node_modules/left-pad", kind: "directory", size: null, below: 4, entry: first },
            { path: "docs/it's old.md", kind: "file", size: 12, below: 0, entry: first },
          ],
    next: null,
    unknown: 0,
  }),
  "timeline/preview": ({ snapshotId }) => ({
    target: snapshotId === undefined ? guard : first,
    undone: snapshotId === undefined ? { ...head, snapshotId: "3zzzrestored", head: false } : null,
    newest: head,
    ...differences,
    truncated: false,
  }),
  "timeline/sizes": ({ snapshotIds, wait }) => ({
    sizes: snapshotIds.map((snapshotId, at) => ({
      snapshotId,
      room: rooms[at] ?? { bytes: 0, certainty: "exact" },
    })),
    together: wait
      ? { bytes: 1.2 * 2 ** 30, certainty: "exact" }
      : { bytes: 12 * 2 ** 20, certainty: "estimate" },
  }),
  "timeline/retention": ({ rules }) => ({
    rules: RetentionRules.parse({ ...defaultRules, ...rules }),
    judged: [
      { entry: head, reasons: ["head", "latest", "hour"], automatic: false },
      { entry: guard, reasons: [], automatic: true },
      { entry: first, reasons: [], automatic: false },
    ],
    room: { bytes: 1.2 * 2 ** 30, certainty: "exact" },
  }),
  "timeline/restore": () => ({ entry: head, guard, summary }),
  "snapshot/delete": ({ forGood }) => ({ operationId: 12, keptHours: forGood ? 0 : 24 }),
  "operations/list": () => ({ operations, more: false }),
  "operations/undo": () => ({ entries: [guard], restored: null }),
  "timeline/undo": () => ({ entry: null, guard: null, summary: equal }),
  "snapshot/create": ({ label }) => ({ entry: label === undefined ? null : head, head }),
};
