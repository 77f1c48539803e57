import assert from "node:assert/strict";
import type { EntryRow } from "../../../agent/catalog/entries.ts";
import { newEntry } from "../../../agent/catalog/newEntry.ts";
import { automaticKept, planRetention } from "../../../agent/timeline/retention.ts";

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

  it("bounds automatic entries by themselves, and never for those of people or against them", () => {
    const many = Array.from({ length: automaticKept + 2 }, (_, at) =>
      entry(`t${at}`, { cause: at % 2 ? "timer" : "install" }),
    );
    assert.deepEqual(plan([...many, entry("b"), entry("a")], 1), [
      "a",
      `t${automaticKept + 1}`,
      `t${automaticKept}`,
    ]);
    assert.deepEqual(plan([...many.slice(0, 9), entry("b"), entry("a")], 2), []);
    const named = entry("n", { cause: "git", label: "mine" });
    assert.deepEqual(plan([entry("c"), named, entry("t", { cause: "git" })], 1), ["n"]);
  });

  it("keeps the newest on which tests passed, and what is needed for now", () => {
    const green = entry("g", { tests: "passed" });
    assert.deepEqual(plan([entry("c"), green, entry("b", { tests: "passed" }), entry("a")], 1), ["a", "b"]);
    const limits = { maxSnapshots: 1, headSnapshotId: null, needed: ["a"] };
    assert.deepEqual(planRetention([entry("b"), entry("a")], limits), []);
  });
});
