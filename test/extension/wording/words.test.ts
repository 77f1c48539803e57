import assert from "node:assert/strict";
import { causeIcons, causeReasons, causeSentences, entryTitle } from "../../../extension/wording/causes.ts";
import { restoreEffect, restoreLine, summaryText, summaryTotal } from "../../../extension/wording/changes.ts";
import { count, enumerate } from "../../../extension/wording/counts.ts";
import { progressLine, progressPercent } from "../../../extension/wording/progress.ts";
import { timeLeft } from "../../../extension/wording/timeLeft.ts";
import { relativeTime } from "../../../extension/wording/relativeTime.ts";
import { formatBytes, parseSize } from "../../../extension/wording/sizes.ts";
import { causes } from "../../../agent/protocol/entry.ts";

const none = { added: 0, modified: 0, removed: 0, renamed: 0, metadata: 0 };

describe("wording", () => {
  it("names an entry by its label, else by its cause", () => {
    assert.equal(entryTitle({ label: "Before the upgrade", cause: "manual" }), "Before the upgrade");
    assert.equal(entryTitle({ label: "  ", cause: "guard" }), "Before a restore");
    assert.equal(entryTitle({ label: null, cause: "timer" }), "Automatic snapshot");
  });

  it("has words and an icon for every cause", () => {
    for (const table of [causeSentences, causeReasons, causeIcons]) {
      assert.deepEqual(Object.keys(table), [...causes]);
    }
  });

  it("tells ages the way people do, and forgives a clock that is a little ahead", () => {
    const now = Date.parse("2026-03-10T12:00:00Z");
    const age = (iso: string) => relativeTime(iso, now);
    assert.equal(age("2026-03-10T11:59:30Z"), "just now");
    assert.equal(age("2026-03-10T12:00:30Z"), "just now");
    assert.equal(age("2026-03-10T11:55:00Z"), "5 min ago");
    assert.equal(age("2026-03-10T09:30:00Z"), "2 h ago");
    assert.equal(age("2026-03-09T11:00:00Z"), "yesterday");
    assert.equal(age("2026-03-07T11:00:00Z"), "3 days ago");
    assert.match(age("2026-01-02T11:00:00Z"), /2026/);
    assert.match(age("2026-03-11T12:00:00Z"), /2026/);
    assert.equal(age("nonsense"), "nonsense");
  });

  it("formats and reads sizes in powers of 1024", () => {
    assert.equal(formatBytes(0), "0 B");
    assert.equal(formatBytes(1536), "1.5 KB");
    assert.equal(formatBytes(20 * 1024 ** 3), "20 GB");
    assert.equal(parseSize("20G"), 20 * 1024 ** 3);
    assert.equal(parseSize("1.5 GiB"), 1.5 * 1024 ** 3);
    assert.equal(parseSize("512 mb"), 512 * 1024 ** 2);
    assert.equal(parseSize("20"), 20 * 1024 ** 3);
    assert.equal(parseSize("100 B"), 100);
    assert.equal(parseSize("lots"), null);
    assert.equal(parseSize("-1G"), null);
  });

  it("reads back every size it formats in whole units", () => {
    for (const bytes of [256 * 1024 ** 2, 1024 ** 3, 20 * 1024 ** 3]) {
      assert.equal(parseSize(formatBytes(bytes).replaceAll(" ", "")), bytes);
    }
  });

  it("counts and enumerates", () => {
    assert.equal(count(1, "file"), "1 file");
    assert.equal(count(1234, "file"), "1,234 files");
    assert.equal(enumerate([]), "");
    assert.equal(enumerate(["a"]), "a");
    assert.equal(enumerate(["a", "b", "c"]), "a, b and c");
  });

  it("tells how far a call is, with its rate", () => {
    const progress = { message: "Copying", done: 512, total: 2048, unit: "bytes", rate: 1024 } as const;
    assert.equal(progressLine(progress), "Copying: 512 B of 2 KB, 1 KB/s");
    assert.equal(progressLine({ ...progress, secondsLeft: 1.5 }), "Copying: 512 B of 2 KB, 1 KB/s, 2 s left");
    assert.equal(progressLine({ ...progress, secondsLeft: null }), "Copying: 512 B of 2 KB, 1 KB/s");
    const left = [0.1, 59, 59.5, 61, 3599, 3601, 7500, 47 * 3600, 72 * 3600].map(timeLeft);
    assert.deepEqual(left, [
      ...["1 s left", "59 s left", "1 min left", "2 min left"],
      ...["1 h 0 min left", "1 h 1 min left", "2 h 5 min left", "47 h 0 min left", "3 days left"],
    ]);
    assert.equal(progressPercent(progress), 25);
    const open = { message: "Reading", done: 1500, total: null, unit: "files", rate: 300 } as const;
    assert.equal(progressLine(open), "Reading: 1,500 files, 300 files/s");
    assert.equal(progressPercent(open), null);
    assert.equal(
      progressLine({ message: "Starting", done: 0, total: null, unit: "steps", rate: null }),
      "Starting",
    );
  });

  it("sums a comparison up", () => {
    assert.equal(summaryText(none), "no changes");
    assert.equal(
      summaryText({ ...none, modified: 3, added: 1, removed: 2 }),
      "3 changed, 1 added and 2 removed",
    );
    assert.equal(summaryTotal({ added: 1, modified: 2, removed: 3, renamed: 4, metadata: 5 }), 15);
  });

  it("tells a restore from its own side: what was added goes away, what was removed comes back", () => {
    assert.equal(restoreEffect({ ...none, added: 1 }), "1 goes away.");
    assert.equal(
      restoreEffect({ ...none, modified: 2, removed: 1, added: 3 }),
      "2 paths change back, 1 comes back and 3 go away.",
    );
    const change = { path: "b", type: "file", size: 1 } as const;
    assert.equal(restoreLine({ ...change, kind: "added" }), "− b");
    assert.equal(restoreLine({ ...change, kind: "removed" }), "+ b");
    assert.equal(restoreLine({ ...change, kind: "renamed", from: "a" }), "→ b becomes a");
  });
});
