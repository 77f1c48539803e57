import assert from "node:assert/strict";
import type { Act } from "../../../agent/protocol/entry.ts";
import { entryContext, entryDescription, entryTooltip } from "../../../extension/timeline/entryText.ts";
import { actDetails, actSummary, changeText } from "../../../extension/wording/acts.ts";
import { entryTitle, shortTitle } from "../../../extension/wording/causes.ts";
import { anEntry } from "../../support/entries.ts";

const none = { files: 0, added: 0, removed: 0, bytes: 0, inDependencies: 0, inGit: 0, lockfiles: [] };
const act: Act = {
  actId: "a",
  cause: "install",
  what: "npm install",
  outcome: "done",
  exitCode: 0,
  beganAt: "2026-03-01T11:59:00.000Z",
  endedAt: "2026-03-01T11:59:07.500Z",
  beforeId: "b",
  afterId: "s",
  change: {
    ...none,
    ...{ files: 412, added: 400, removed: 2, bytes: 38 * 1024 ** 2, inDependencies: 410 },
    lockfiles: ["web/package-lock.json"],
  },
};
const entry = anEntry({ snapshotId: "s", cause: "install", act });
const now = Date.parse("2026-03-01T12:05:00Z");

describe("the words of an act", () => {
  it("say what changed", () => {
    assert.equal(actSummary(act), "412 files, +38 MB, package-lock.json");
    assert.equal(changeText({ ...none, files: 1, bytes: -2048 }), "1 file, −2 KB");
    assert.equal(changeText({ ...none, inGit: 3 }), "only Git’s own files");
    assert.equal(changeText(none), "only folders or permissions");
  });

  it("say how it ended, unless that goes without saying", () => {
    const summary = (given: Partial<Act>) => actSummary({ ...act, change: null, ...given });
    assert.equal(summary({ outcome: "failed", exitCode: 2 }), "failed with 2");
    assert.equal(summary({ outcome: "unknown" }), "its end was not seen");
    assert.equal(summary({ outcome: "running", afterId: null }), "still running");
    assert.equal(summary({ afterId: null }), "changed nothing");
    assert.equal(summary({ cause: "test", afterId: null }), "passed, changed nothing");
  });

  it("name both sides, and offer both only while both are there", () => {
    assert.equal(entryTitle(entry), "npm install");
    assert.equal(entryTitle({ ...entry, snapshotId: "b" }), "Before npm install");
    assert.equal(entryTitle({ ...entry, label: "mine" }), "mine");
    assert.equal(entryTitle({ ...entry, cause: "restore" }), "Restored");
    assert.equal(entryDescription(entry, now), "412 files, +38 MB, package-lock.json · 5 min ago");
    assert.match(entryContext(entry), /\bact\b/);
    assert.doesNotMatch(entryContext({ ...entry, act: { ...act, beforeId: null } }), /\bact\b/);
    assert.doesNotMatch(entryContext({ ...entry, snapshotId: "b" }), /\bact\b/);
  });

  it("are few in a row of the tree", () => {
    const short = (what: string) => shortTitle({ ...entry, act: { ...act, what } });
    assert.equal(short("npm install left-pad"), "npm install left-pad");
    assert.equal(short("npm install --no-audit --no-fund ../local; rm -r x"), "npm install…");
    assert.equal(short("git checkout feature/with-a-very-long-name"), "git checkout feature/with-a-…");
    assert.equal(shortTitle({ ...entry, label: "x".repeat(40) }).length, 40);
  });

  it("tell the rest in the tooltip, where a command is never markup", () => {
    assert.deepEqual(actDetails(act), [
      "It took 7.5 s, exit code 0.",
      "400 added, 10 changed, 2 removed (412 files, +38 MB, package-lock.json).",
      "410 of them are dependencies’.",
      "Lockfiles: web/package-lock.json.",
    ]);
    const sly = { ...act, what: "[x](command:evil) *b*" };
    assert.match(entryTooltip({ ...entry, act: sly }), /\*\*\\\[x\\\]\\\(command:evil\\\) \\\*b\\\*\*\*/);
  });
});
