import assert from "node:assert/strict";
import type { GcReport } from "../../../agent/protocol/storeReports.ts";
import {
  freedBytes,
  isWaiting,
  keptText,
  nothingGoes,
  planParts,
  tidiedText,
  tidyEffect,
} from "../../../extension/store/tidyText.ts";

const hourMs = 3_600_000;
const now = Date.parse("2026-01-02T12:00:00.000Z");
const plan: GcReport = {
  dryRun: true,
  retention: { days: 7, last: 0, daily: 0, weekly: 8, monthly: 0 },
  kept: 12,
  snapshots: [{ slug: "shop", snapshotId: "s1", createdAt: "2026-01-02T10:00:00.000Z" }],
  packs: [
    { id: "ab".repeat(32), bytes: 12 * 2 ** 20, liveBytes: 0 },
    { id: "cd".repeat(32), bytes: 10 * 2 ** 20, liveBytes: 2 ** 20 },
  ],
  deleted: { manifests: 0, packs: 0, bytes: 0 },
  condemned: { manifests: 0, packs: 0 },
  dueInMs: null,
};
const waiting = { ...plan, condemned: { manifests: 1, packs: 2 }, dueInMs: 4.2 * hourMs };

describe("the words about tidying", () => {
  it("name what goes and why, and what stays", () => {
    assert.deepEqual(planParts(plan, now), [
      {
        heading: "Snapshots that go (1)",
        lines: [{ label: "shop", description: "taken 2 h ago; in no timeline any more · s1" }],
      },
      {
        heading: "Packs that go (2)",
        lines: [
          { label: "12 MB", description: "nothing needs it · abababababab" },
          { label: "10 MB", description: "hardly needed; 1 MB written anew first · cdcdcdcdcdcd" },
        ],
      },
    ]);
    assert.equal(freedBytes(plan), 21 * 2 ** 20);
    assert.equal(
      keptText(plan),
      "12 snapshots: everything of the last 7 days, one a week for 8 weeks, the newest of each project and what timelines show",
    );
  });

  it("count what would make the list too long", () => {
    const packs = Array.from({ length: 60 }, () => ({ id: "ab".repeat(32), bytes: 1, liveBytes: 0 }));
    const [, part] = planParts({ ...plan, packs }, now);
    assert.equal(part?.lines.length, 51);
    assert.equal(part.lines.at(-1)?.label, "… and 10 more");
  });

  it("tell a run that condemns from one that waits and one that deletes", () => {
    assert.deepEqual(
      [isWaiting(plan), isWaiting(waiting), isWaiting({ ...waiting, dueInMs: 0 })],
      [false, true, false],
    );
    assert.match(tidyEffect(plan), /^Condemns them\./);
    assert.equal(
      tidyEffect(waiting),
      "Condemned: 1 snapshot and 2 packs. Tidying in 5 hours or later deletes them.",
    );
    assert.match(tidyEffect({ ...waiting, dueInMs: 0 }), /^Deletes for good/);
    const none = { ...plan, snapshots: [], packs: [] };
    assert.deepEqual([nothingGoes(none), nothingGoes(plan), nothingGoes(waiting)], [true, false, false]);
  });

  it("say what was done, and who does the rest", () => {
    const done = { ...waiting, deleted: { manifests: 3, packs: 1, bytes: 2 ** 20 } };
    assert.equal(
      tidiedText(done, false),
      "Deleted 3 snapshots and 1 pack from the store: 1 MB are free. Condemned 1 snapshot and 2 packs. Tidy again in 5 hours or later, and what is still not needed is deleted.",
    );
    assert.match(tidiedText(done, true), /in 5 hours or later is deleted then, by itself\.$/);
    assert.equal(tidiedText(plan, false), "There is nothing to tidy.");
  });
});
