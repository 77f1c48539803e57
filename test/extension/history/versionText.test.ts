import assert from "node:assert/strict";
import type { PathVersion } from "../../../agent/protocol/pathHistory.ts";
import {
  versionContext,
  versionDescription,
  versionSpoken,
  versionTitle,
  versionTooltip,
} from "../../../extension/history/versionText.ts";
import { anEntry } from "../../support/entries.ts";

const nowMs = Date.parse("2026-03-01T12:10:00.000Z");
const entry = anEntry({ label: "before *lunch*" });
const kept: PathVersion = {
  kind: "file",
  size: 1536,
  modifiedAt: "2026-03-01T11:00:00.000Z",
  mode: 0o644,
  target: null,
  first: entry,
  last: entry,
  entries: 1,
  times: 1,
  now: false,
  gone: false,
  goneIn: null,
  from: null,
  changes: null,
};

describe("the words for a version of a file", () => {
  it("names the snapshot that it came with, its age and its size", () => {
    assert.equal(versionTitle(kept), "before *lunch*");
    assert.equal(versionDescription(kept, nowMs), "10 min ago · 1.5 KB");
    const folder = { ...kept, kind: "directory", size: null } as const;
    assert.equal(versionDescription(folder, nowMs), "10 min ago");
    const changes = { added: 2, modified: 1, removed: 0, renamed: 0, metadata: 0 };
    assert.equal(versionDescription({ ...folder, changes }, nowMs), "10 min ago · 1 changed and 2 added");
  });

  it("says what the workspace holds and no snapshot yet", () => {
    const fresh = { ...kept, first: null, last: null, entries: 0, now: true };
    assert.equal(versionTitle(fresh), "Not in a snapshot yet");
    assert.equal(versionDescription(fresh, nowMs), "now · written 1 h ago · 1.5 KB");
    assert.equal(versionContext(fresh), "version file unkept now");
  });

  it("says that a version was deleted, came back, or had another name", () => {
    const told = { ...kept, gone: true, times: 2, from: "old_name", entries: 3 };
    assert.equal(
      versionDescription(told, nowMs),
      "deleted after · 10 min ago · 1.5 KB · came back · was old_name",
    );
    assert.equal(
      versionSpoken(told, nowMs),
      "before *lunch*, 10 min ago, 1.5 KB, came back, was old_name, deleted after it, in 3 snapshots",
    );
    assert.equal(versionContext(told), "version file kept past");
  });

  it("escapes what people wrote in the hover text", () => {
    const text = versionTooltip({ ...kept, goneIn: entry, gone: true, target: "../[a]" });
    assert.match(text, /^\*\*before \\\*lunch\\\*\*\*/);
    assert.match(text, /A link to \\\.\\\.\/\\\[a\\\]\./);
    assert.match(text, /Gone in “before \\\*lunch\\\*”/);
  });
});
