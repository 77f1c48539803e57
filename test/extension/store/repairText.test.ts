import assert from "node:assert/strict";
import type { RepairReport } from "../../../agent/protocol/storeReports.ts";
import {
  canMend,
  isSound,
  lossText,
  repairedText,
  repairParts,
} from "../../../extension/store/repairText.ts";

const damaged = {
  projectId: "p1",
  slug: "shop",
  snapshotId: "s1",
  manifestDigest: "ab".repeat(32),
  problems: ["A chunk is missing."],
  isHere: true,
};
const elsewhere = {
  ...damaged,
  slug: null,
  snapshotId: null,
  manifestDigest: "cd".repeat(32),
  isHere: false,
};
const none: RepairReport = {
  dryRun: true,
  damaged: [],
  indexProblems: [],
  records: [],
  packsIndexed: 0,
  chunksRecovered: 0,
  badBlobs: 0,
  pushedAgain: [],
  left: [],
};
const waiting = {
  problem: "The ref p2 is damaged.",
  isMended: false,
  loss: "“blog” goes on from yesterday.",
};

describe("the words about repairing", () => {
  it("tell what can be mended here from what cannot", () => {
    assert.deepEqual([isSound(none), canMend(none)], [true, false]);
    const onlyElsewhere = { ...none, damaged: [elsewhere], left: [elsewhere] };
    assert.deepEqual([isSound(onlyElsewhere), canMend(onlyElsewhere)], [false, false]);
    const onlyRecords = { ...none, records: [waiting] };
    assert.deepEqual([isSound(onlyRecords), canMend(onlyRecords)], [false, false]);
    assert.equal(canMend({ ...none, records: [{ ...waiting, isMended: true }] }), true);
    assert.equal(canMend({ ...none, damaged: [damaged, elsewhere], left: [elsewhere] }), true);
  });

  it("list each thing once, below what becomes of it", () => {
    const report = {
      ...none,
      damaged: [damaged, elsewhere],
      left: [elsewhere],
      records: [waiting],
      packsIndexed: 2,
      pushedAgain: [{ slug: "shop", snapshotId: "s1" }],
    };
    assert.deepEqual(
      repairParts(report).map(({ heading, lines }) => [
        heading.slice(0, 20),
        lines.map(({ label }) => label),
      ]),
      [
        ["Damaged", ["shop s1"]],
        ["Written again", ["2 packs that no index names"]],
        ["Pushed again from th", ["shop"]],
        ["Not on this machine;", ["p1 (manifest cdcdcdcdcdcd…)"]],
        ["Only another machine", ["The ref p2 is damaged."]],
      ],
    );
  });

  it("say what is left, and what is lost with what is given up", () => {
    assert.equal(repairedText(none), "The safe copy is mended.");
    assert.match(repairedText({ ...none, left: [elsewhere] }), /^1 snapshot is still damaged\./);
    assert.match(
      repairedText({ ...none, records: [waiting, waiting] }),
      /^2 records of the store only another/,
    );
    assert.match(
      lossText({ ...none, records: [waiting] }),
      /^The ref p2 is damaged\.\n→ “blog” goes on from yesterday\.\n\nDo this only when/,
    );
  });
});
