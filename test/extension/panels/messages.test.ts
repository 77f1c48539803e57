import assert from "node:assert/strict";
import { HealthRequest } from "../../../extension/panels/healthMessages.ts";
import { TimelineRequest, TimelineState } from "../../../extension/panels/timelineMessages.ts";
import { anEntry } from "../../support/entries.ts";

describe("messages of the panels", () => {
  it("let a page run only what it offers", () => {
    const run = (command: string) =>
      TimelineRequest.safeParse({ type: "run", command, snapshotId: "a" }).success;
    assert.equal(run("forkpoint.restoreWorkspace"), true);
    assert.equal(run("forkpoint.stopAgent"), false);
    assert.equal(run("workbench.action.terminal.sendSequence"), false);
    assert.equal(HealthRequest.safeParse({ type: "run", command: "forkpoint.stopAgent" }).success, true);
    assert.equal(HealthRequest.safeParse({ type: "run", command: "forkpoint.deleteFork" }).success, false);
  });

  it("refuse what is no message", () => {
    for (const message of [null, "ready", {}, { type: "other" }, { type: "run" }]) {
      assert.equal(TimelineRequest.safeParse(message).success, false);
    }
  });

  it("carry entries as the agent sends them", () => {
    const state = {
      type: "timeline",
      slug: "shop",
      message: "",
      next: [],
      entries: [anEntry()],
      search: { query: "cause:manual", matches: 1, problem: null },
      more: false,
      forks: [],
      origin: null,
    };
    assert.deepEqual(TimelineState.parse(state), state);
  });
});
