import assert from "node:assert/strict";
import type { Act, Entry } from "../../../agent/protocol/entry.ts";
import { entryRows, timelineRows, updateRows } from "../../../extension/timeline/timelineRows.ts";
import { anEntry } from "../../support/entries.ts";

const timer = (snapshotId: string, given: Partial<Entry> = {}) =>
  anEntry({ snapshotId, cause: "timer", ...given });
const shape = (entries: Entry[], more = false) => timelineRows(entries, more).map(({ id }) => id);

describe("timelineRows", () => {
  it("gathers three or more automatic entries into one row, named after the oldest", () => {
    const entries = [
      anEntry({ snapshotId: "m" }),
      timer("c"),
      timer("b"),
      timer("a"),
      anEntry({ snapshotId: "n" }),
    ];
    assert.deepEqual(shape(entries), ["m", "group:a", "n"]);
    assert.deepEqual(shape([timer("d"), ...entries.slice(1)]), ["group:a", "n"]);
  });

  it("leaves two automatic entries as they are", () => {
    assert.deepEqual(shape([timer("b"), timer("a")]), ["b", "a"]);
  });

  it("never hides the head, or what somebody named, noted or pinned", () => {
    const entries = [
      timer("f", { head: true }),
      timer("e"),
      timer("d", { pinned: true }),
      timer("c", { label: "keep" }),
      timer("b", { note: "why" }),
      timer("a"),
    ];
    assert.deepEqual(shape(entries), ["f", "e", "d", "c", "b", "a"]);
  });

  it("makes one row of a pair, with the state before below it, unless somebody named that", () => {
    const act: Act = {
      ...{ actId: "x", cause: "git", what: "git pull", outcome: "done", exitCode: 0, beforeId: "b" },
      ...{ afterId: "c", beganAt: "", endedAt: null, change: null },
    };
    const after = anEntry({ snapshotId: "c", cause: "git", act });
    const before = anEntry({ snapshotId: "b", cause: "git", act });
    const other = anEntry({ snapshotId: "a" });
    const rows = timelineRows([after, before, other], false);
    assert.deepEqual(
      rows.map(({ id }) => id),
      ["c", "a"],
    );
    assert.deepEqual(
      entryRows(rows).map(({ id }) => id),
      ["c", "b", "a"],
    );
    assert.deepEqual(shape([after, { ...before, label: "mine" }, other]), ["c", "b", "a"]);
    assert.deepEqual(shape([after, other]), ["c", "a"]);
    const fresh = timelineRows([after, { ...before, durability: "durable" }, other], false);
    assert.deepEqual(
      (updateRows(rows, fresh) as { id: string }[]).map(({ id }) => id),
      ["b"],
    );
  });

  it("ends with a row that loads more", () => {
    assert.deepEqual(shape([anEntry({ snapshotId: "a" })], true), ["a", "more"]);
  });
});

describe("updateRows", () => {
  it("carries a changed entry into the row at hand and names only that row", () => {
    const rows = timelineRows([timer("d"), timer("c"), timer("b"), anEntry({ snapshotId: "a" })], false);
    const inner = entryRows(rows).find(({ id }) => id === "c");
    const fresh = timelineRows(
      [timer("d"), timer("c", { durability: "durable" }), timer("b"), anEntry({ snapshotId: "a" })],
      false,
    );
    assert.deepEqual(updateRows(rows, fresh), [inner]);
    assert.equal(inner?.entry.durability, "durable");
  });

  it("says nothing when nothing changed", () => {
    const entries = [anEntry({ snapshotId: "a" })];
    assert.deepEqual(updateRows(timelineRows(entries, false), timelineRows(entries, false)), []);
  });

  it("asks for all rows when one came, went or moved into a group", () => {
    const before = [timer("b"), timer("a")];
    for (const after of [[timer("c"), ...before], [timer("a")], [timer("a"), timer("b")]]) {
      assert.equal(updateRows(timelineRows(before, false), timelineRows(after, false)), "all");
    }
    const grouped = timelineRows([timer("c"), ...before], false);
    assert.equal(updateRows(grouped, timelineRows([timer("d"), timer("c"), ...before], false)), "all");
  });
});
