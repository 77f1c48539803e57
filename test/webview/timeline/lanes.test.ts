import assert from "node:assert/strict";
import type { TimelineState } from "../../../extension/panels/timelineMessages.ts";
import { graphRows } from "../../../webview/timeline/graphRows.ts";
import { type LaneInput, layOutLanes } from "../../../webview/timeline/lanes.ts";
import { anEntry } from "../../support/entries.ts";

const rows = (...pairs: [string, string | null][]): LaneInput[] =>
  pairs.map(([id, parentId]) => ({ id, parentId }));

/** Golden text: each row's column as a dot's indentation, with the columns that lines pass through. */
function drawn(input: LaneInput[]): string[] {
  const { columns, edges, width } = layOutLanes(input);
  return input.map(({ id }, index) => {
    const cells = Array.from({ length: width }, (_, column) => {
      if (columns[index] === column) return "●";
      return edges.some(({ from, to }) => columns[from] === column && from < index && to > index) ? "│" : " ";
    });
    return `${cells.join(" ")} ${id}`;
  });
}

describe("layOutLanes", () => {
  it("keeps a straight history in one lane", () => {
    assert.deepEqual(drawn(rows(["c", "b"], ["b", "a"], ["a", null])), ["● c", "● b", "● a"]);
  });

  it("gives what came before a restore a lane of its own, and frees it where the two meet", () => {
    const history = rows(["restored", "a"], ["guard", "b"], ["b", "a"], ["a", "root"], ["root", null]);
    assert.deepEqual(drawn(history), ["●   restored", "│ ● guard", "│ ● b", "●   a", "●   root"]);
  });

  it("uses a freed lane again", () => {
    const history = rows(["c", "b"], ["f1", "b"], ["b", "a"], ["f0", "root"], ["a", "root"], ["root", null]);
    assert.deepEqual(drawn(history), ["●   c", "│ ● f1", "●   b", "│ ● f0", "● │ a", "●   root"]);
  });

  it("draws no line through a row that it does not belong to", () => {
    const history = rows(["x", "a"], ["y", "b"], ["z", "c"], ["c", "a"], ["b", "a"], ["a", null]);
    const { columns, edges } = layOutLanes(history);
    for (const { from, to } of edges) {
      for (let between = from + 1; between < to; between += 1)
        assert.notEqual(columns[between], columns[from]);
    }
  });

  it("ignores a parent that is not at hand or stands above", () => {
    assert.deepEqual(layOutLanes(rows(["b", "gone"], ["a", "b"])).edges, []);
  });

  it("lays out ten thousand rows", () => {
    const many = Array.from({ length: 10_000 }, (_, i): LaneInput => ({
      id: `${i}`,
      parentId: i === 9999 ? null : `${i + 1}`,
    }));
    assert.equal(layOutLanes(many).width, 1);
  });
});

describe("graphRows", () => {
  const at = (minute: number) => `2026-03-01T12:0${minute}:00.000Z`;
  const state = (given: Partial<TimelineState> = {}) => ({
    entries: [
      anEntry({ snapshotId: "b", parentId: "a", createdAt: at(5), head: true }),
      anEntry({ snapshotId: "a", createdAt: at(1) }),
    ],
    forks: [],
    origin: null,
    search: null,
    more: false,
    ...given,
  });
  const ids = (given: Partial<TimelineState>) =>
    graphRows(state(given)).map(({ id, parentId }) => `${id}<${parentId ?? ""}`);

  it("puts the workspace as it stands above its head", () => {
    assert.deepEqual(ids({}), ["now<b", "b<a", "a<"]);
  });

  it("has no rows but what was found while something is looked for", () => {
    const fork = { projectId: "f", slug: "try", snapshotId: "a", createdAt: at(3) };
    const search = { query: "x", matches: 2, problem: null };
    assert.deepEqual(ids({ forks: [fork], search }), ["b<a", "a<"]);
  });

  it("puts a fork at its time, always above the entry it grew from", () => {
    const fork = { projectId: "f", slug: "try", snapshotId: "a", createdAt: at(3) };
    assert.deepEqual(ids({ forks: [fork] }), ["now<b", "b<a", "fork:f<a", "a<"]);
    assert.deepEqual(ids({ forks: [{ ...fork, createdAt: at(0) }] }), ["now<b", "b<a", "fork:f<a", "a<"]);
    assert.deepEqual(ids({ forks: [{ ...fork, snapshotId: "elsewhere" }] }), ["now<b", "b<a", "a<"]);
  });

  it("ends in the project it was forked from, once all entries are there", () => {
    const origin = { projectId: "p", slug: "shop" };
    assert.deepEqual(ids({ origin }), ["now<b", "b<a", "a<origin", "origin<"]);
    assert.deepEqual(ids({ origin, more: true }), ["now<b", "b<a", "a<"]);
  });
});
