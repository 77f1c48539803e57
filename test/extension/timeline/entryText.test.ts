import assert from "node:assert/strict";
import { entryArgument, entryArguments } from "../../../extension/timeline/entryArgument.ts";
import {
  entryContext,
  entryDescription,
  entrySpoken,
  entryTooltip,
} from "../../../extension/timeline/entryText.ts";
import type { RestorePart } from "../../../agent/protocol/restoreParts.ts";
import { anEntry } from "../../support/entries.ts";

const now = Date.parse("2026-03-01T12:05:00Z");

describe("an entry's texts", () => {
  it("say in grey where the workspace is, what is pinned and how old it is", () => {
    assert.equal(
      entryDescription(anEntry({ head: true, pinned: true }), now),
      "current · pinned · 5 min ago",
    );
    assert.equal(entryDescription(anEntry(), now), "5 min ago");
  });

  it("tell a screen reader everything that icons show", () => {
    const entry = anEntry({ label: "Green", pinned: true, head: true, durability: "durable", note: "n" });
    assert.equal(
      entrySpoken(entry, now),
      "Green, 5 min ago, the workspace grew from this one, pinned, safe in the store, has a note",
    );
  });

  it("say in the hover text what a restore brought back, and from where", () => {
    const tooltip = (parts: RestorePart[] | null, paths: string[] | null) =>
      entryTooltip(anEntry({ cause: "restore", restored: { targetId: "7k2mrestored", parts, paths } }));
    assert.match(tooltip(null, null), /^Restored was the workspace, from the snapshot 7k2mre\\\.$/m);
    assert.match(tooltip(["files", "dependencies"], null), /^Restored was everything but the database, /m);
    assert.match(tooltip(null, ["src/a"]), /^Restored was “src\/a”, /m);
    assert.match(tooltip(null, ["a", "b", "c"]), /^Restored was 3 paths, /m);
    assert.doesNotMatch(entryTooltip(anEntry({ cause: "restore" })), /Restored was/);
  });

  it("never let a label or a note act as markup or as a link to a command", () => {
    const tooltip = entryTooltip(
      anEntry({ label: "[x](command:forkpoint.deleteFork)", note: "<b>a</b> $(trash) **b**" }),
    );
    assert.ok(!/[^\\]\]\(command:/.test(tooltip));
    assert.ok(!tooltip.includes("<b>"));
    assert.ok(!tooltip.includes("$(trash)"));
  });

  it("give menus words that do not hide in one another", () => {
    const pinned = entryContext(anEntry({ pinned: true, head: true, parentId: "x" }));
    const loose = entryContext(anEntry());
    assert.equal(pinned, "entry pinned local head child");
    assert.ok(/\bpinned\b/.test(pinned) && !/\bunpinned\b/.test(pinned));
    assert.ok(/\bunpinned\b/.test(loose) && !/\bpinned\b/.test(loose));
  });
});

describe("entryArgument", () => {
  it("finds the snapshot in a row, in what a panel passes, or nowhere", () => {
    assert.equal(entryArgument({ kind: "entry", id: "a", entry: anEntry({ snapshotId: "a" }) }), "a");
    assert.equal(entryArgument({ snapshotId: "b", webviewSection: "entry" }), "b");
    for (const other of [undefined, null, "a", 7, {}, { snapshotId: 7 }, { kind: "more" }]) {
      assert.equal(entryArgument(other), undefined);
    }
  });

  it("takes all selected rows, and the one itself where none is selected", () => {
    const rows = ["a", "b"].map((snapshotId) => ({ entry: anEntry({ snapshotId }) }));
    assert.deepEqual(entryArguments(rows[0], rows), ["a", "b"]);
    assert.deepEqual(entryArguments(rows[0], undefined), ["a"]);
    assert.deepEqual(entryArguments(undefined, undefined), []);
  });
});
