import assert from "node:assert/strict";
import type { EntryRow } from "../../../agent/catalog/entries.ts";
import { newEntry } from "../../../agent/catalog/newEntry.ts";
import { planRetention } from "../../../agent/timeline/retention.ts";

describe("retention", () => {
  const entry = (snapshotId: string, more: Partial<EntryRow> = {}): EntryRow => {
    const common = { projectId: "p", parentId: null, cause: "manual", author: "ada", createdAt: 0 } as const;
    return { seq: 1, ...newEntry({ ...common, snapshotId, ...more }) };
  };
  const plan = (entries: EntryRow[], maxSnapshots: number, headSnapshotId: string | null = null) =>
    planRetention(entries, { maxSnapshots, headSnapshotId }).map(({ snapshotId }) => snapshotId);

  it("rolls off the oldest first and counts no pins", () => {
    assert.deepEqual(
      plan([entry("e"), entry("d"), entry("c", { pinned: true }), entry("b"), entry("a")], 2),
      ["a", "b"],
    );
    assert.deepEqual(plan([entry("b"), entry("a")], 2), []);
  });

  it("keeps the head, what is uploading, and the guard that undo needs", () => {
    const restore = entry("r", { cause: "restore", guardId: "g" });
    assert.deepEqual(plan([entry("c"), restore, entry("g", { cause: "guard" }), entry("a")], 2), ["a"]);
    assert.deepEqual(plan([entry("c"), entry("b"), entry("a")], 1, "a"), ["b"]);
    assert.deepEqual(plan([entry("c"), entry("b", { durability: "uploading" }), entry("a")], 1), ["a"]);
    assert.deepEqual(plan([entry("c"), entry("b"), restore, entry("g", { cause: "guard" })], 2), ["g", "r"]);
  });
});
