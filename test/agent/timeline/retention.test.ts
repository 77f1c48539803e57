import assert from "node:assert/strict";
import type { EntryRow } from "../../../agent/catalog/entryRow.ts";
import { newEntry } from "../../../agent/catalog/newEntry.ts";
import { defaultRules, type RetentionRules } from "../../../agent/protocol/retention.ts";
import {
  automaticKept,
  judgeEntries,
  planRetention,
  type RetentionFacts,
} from "../../../agent/timeline/retention.ts";

const none = { keepHours: 0, keepDays: 0, keepWeeks: 0, keepMonths: 0, keepAssistantDays: 0 };

describe("retention", () => {
  const entry = (snapshotId: string, more: Partial<EntryRow> = {}): EntryRow => {
    const common = { projectId: "p", parentId: null, cause: "manual", author: "ada", createdAt: 0 } as const;
    return { seq: 1, ...newEntry({ ...common, snapshotId, ...more }) };
  };
  const plan = (
    entries: EntryRow[],
    maxSnapshots: number,
    facts: Partial<RetentionFacts> = {},
    rules: Partial<RetentionRules> = none,
  ) =>
    planRetention(
      entries,
      { ...defaultRules, ...none, ...rules, maxSnapshots },
      { headSnapshotId: null, ...facts },
    ).map(({ snapshotId }) => snapshotId);

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
    assert.deepEqual(plan([entry("c"), entry("b"), entry("a")], 1, { headSnapshotId: "a" }), ["b"]);
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
  });

  it("keeps what a person named, unless that is turned off, and never counts it", () => {
    const named = entry("n", { cause: "git", label: "mine" });
    assert.deepEqual(plan([entry("c"), named, entry("b"), entry("a")], 2), ["a"]);
    assert.deepEqual(plan([entry("c"), named, entry("t", { cause: "git" })], 1, {}, { keepNamed: false }), [
      "n",
    ]);
    const byAssistant = entry("s", { cause: "assistant", label: "step 1", note: "done" });
    assert.equal(byAssistant.named, false);
    const others = Array.from({ length: automaticKept }, (_, at) =>
      entry(`s${at}`, { cause: "assistant", label: "x" }),
    );
    assert.deepEqual(plan([...others, byAssistant, entry("a")], 1), ["s"]);
  });

  it("keeps the newest on which tests passed, what acts that go on began with, and what forks were made from", () => {
    const green = entry("g", { tests: "passed" });
    assert.deepEqual(plan([entry("c"), green, entry("b", { tests: "passed" }), entry("a")], 1), ["a", "b"]);
    assert.deepEqual(plan([entry("b"), entry("a")], 1, { running: ["a"] }), []);
    assert.deepEqual(plan([entry("c"), entry("b"), entry("a")], 1, { forked: ["b"] }), ["a"]);
  });

  it("keeps the last of each of the latest hours, days, weeks and months that have any, in local time", () => {
    const at = (text: string) => new Date(text).getTime();
    const times = [
      "2026-03-10T10:50",
      "2026-03-10T10:10",
      "2026-03-10T09:59",
      "2026-03-10T07:00",
      "2026-03-09T23:59",
      "2026-03-09T00:00",
      "2026-03-08T23:59",
      "2026-02-28T12:00",
      "2026-02-27T12:00",
      "2025-12-31T12:00",
    ].map((text) => entry(text, { createdAt: at(text) }));
    const kept = (rules: Partial<RetentionRules>) => {
      const gone = plan(times, 1, {}, { ...none, ...rules });
      return times.map(({ snapshotId }) => snapshotId).filter((id) => !gone.includes(id));
    };
    assert.deepEqual(kept({ keepHours: 3 }), ["2026-03-10T10:50", "2026-03-10T09:59", "2026-03-10T07:00"]);
    assert.deepEqual(kept({ keepDays: 3 }), ["2026-03-10T10:50", "2026-03-09T23:59", "2026-03-08T23:59"]);
    assert.deepEqual(kept({ keepWeeks: 3 }), ["2026-03-10T10:50", "2026-03-08T23:59", "2026-02-28T12:00"]);
    assert.deepEqual(kept({ keepMonths: 9 }), ["2026-03-10T10:50", "2026-02-28T12:00", "2025-12-31T12:00"]);
  });

  it("keeps for some days what an assistant took and what was there before it began", () => {
    const day = (date: number) => new Date(2026, 2, date, 12).getTime();
    const old = Array.from({ length: automaticKept }, (_, at) => entry(`t${at}`, { cause: "timer" }));
    const later = old.map((each) => ({ ...each, createdAt: day(5) }));
    const entries = [
      entry("now", { createdAt: day(5) }),
      ...later,
      entry("b2", { cause: "assistant", parentId: "b1", createdAt: day(4) }),
      entry("b1", { cause: "assistant", parentId: "b0", createdAt: day(4) }),
      entry("b0", { createdAt: day(3) }),
      entry("a1", { cause: "assistant", parentId: "a0", createdAt: day(2) }),
      entry("a0", { createdAt: day(2) }),
    ];
    assert.deepEqual(plan(entries, 1, {}, { ...none, keepAssistantDays: 3 }), ["a0", "a1"]);
    assert.deepEqual(plan(entries, 1, {}, { ...none, keepAssistantDays: 2 }), ["a0", "a1"]);
    assert.deepEqual(plan(entries, 1), ["a0", "a1", "b0", "b1", "b2"]);
  });

  it("keeps for some days both sides of assistants' turns, whatever they were taken for and whatever lies between", () => {
    const day = (date: number) => new Date(2026, 2, date, 12).getTime();
    const entries = [
      entry("now", { createdAt: day(5) }),
      entry("after", { createdAt: day(4), parentId: "between" }),
      entry("between", { createdAt: day(3), parentId: "before" }),
      entry("before", { createdAt: day(2) }),
      entry("still", { createdAt: day(2) }),
    ];
    const turns = [
      { beforeId: "before", afterId: "after" },
      { beforeId: "still", afterId: null },
      { beforeId: "gone", afterId: "gone too" },
    ];
    const going = (keepAssistantDays: number) =>
      plan(entries, 1, { turns }, { ...none, keepNamed: false, keepAssistantDays });
    assert.deepEqual(going(1), ["still", "before", "between", "after"]);
    assert.deepEqual(going(2), ["still", "between"]);
    assert.deepEqual(going(4), ["between"]);
  });

  it("says every reason, the strongest first", () => {
    const rules = { ...defaultRules, maxSnapshots: 1 };
    const entries = [entry("b", { pinned: true, label: "mine" }), entry("a", { tests: "passed" })];
    const said = judgeEntries(entries, rules, { headSnapshotId: "b" });
    assert.deepEqual(
      said.map(({ reasons }) => reasons),
      [
        ["head", "pinned", "named", "hour", "day", "week", "month"],
        ["green", "latest"],
      ],
    );
  });
});
