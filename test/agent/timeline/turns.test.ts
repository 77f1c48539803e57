import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../agent/host/longCall.ts";
import type { ActCause } from "../../../agent/protocol/acts.ts";
import { onlyNewest } from "../../support/onlyNewest.ts";
import { TimelineFixture } from "./rig/timelineFixture.ts";

/** All that follows each other here does so within the seconds of a burst. */
describe("an assistant's turn in the timeline", () => {
  let site: TimelineFixture;
  beforeEach(async () => {
    site = await TimelineFixture.open();
  });
  afterEach(() => site.close());

  const acts = () => site.rig.timeline.acts;
  const begin = async (cause: ActCause = "assistant", what: string = cause) =>
    (await acts().begin(site.project, { cause, what, late: false, alone: false }, unattended)).actId;
  const end = async (actId: string) => {
    const wish = { actId, outcome: "done", exitCode: null, count: true } as const;
    return (await acts().end(site.project, wish, unattended)).act;
  };
  const asked = async (label?: string) => {
    const wish = { cause: "assistant", pin: false, ...(label ? { label } : {}) } as const;
    return (await site.rig.timeline.snapshot(site.project, wish, unattended)).entry;
  };
  const causes = () => site.entries().map(({ cause }) => cause);
  const pageOf = (id: string | null | undefined) =>
    readFileSync(join(site.loop.path, ".forkpoint/snapshots", site.projectId, id ?? "none", "page"), "utf8");

  it("is a pair with what it changed", async () => {
    site.write("page", "a person's");
    const turn = await begin();
    site.write("page", "an assistant's");
    const act = await end(turn);
    assert.deepEqual([pageOf(act?.beforeId), pageOf(act?.afterId)], ["a person's", "an assistant's"]);
    assert.deepEqual([act?.outcome, act?.change?.files], ["done", 1]);
    assert.deepEqual(causes(), ["assistant", "assistant", "import"]);
    assert.equal(await end(await begin()), null);
    assert.equal(site.entries().length, 3);
  });

  it("neither joins what began just now nor is joined by it, nor waits for its end", async () => {
    const server = await begin("task", "npm start");
    const turn = await begin();
    const install = await begin("install", "npm ci");
    site.write("page", "installed");
    // What began after the turn joins what began before it.
    await end(install);
    site.write("other", "written");
    const act = await end(turn);
    assert.deepEqual([act?.what, act?.change?.files, pageOf(act?.afterId)], ["assistant", 2, "installed"]);
    site.write("log", "of the server");
    assert.deepEqual((await end(server))?.what, "npm start; npm ci");
    assert.deepEqual(causes(), ["task", "assistant", "import"]);
  });

  it("holds the pairs of what is done in it, and a snapshot that the assistant asks for is one of its own", async () => {
    const turn = await begin();
    site.write("page", "step 1");
    const own = await asked();
    assert.ok(own);
    const install = await begin("install", "npm ci");
    site.write("lock", "x");
    await end(install);
    const act = await end(turn);
    const entries = site.entries();
    assert.deepEqual(causes(), ["install", "assistant", "import"]);
    assert.equal(act?.afterId, entries[0]?.snapshotId);
    assert.deepEqual([entries[0]?.act?.what, entries[1]?.snapshotId], ["npm ci", own.snapshotId]);
    assert.equal(act?.beforeId, entries[2]?.snapshotId);
  });

  it("loses none of its sides, and no snapshot that was asked for, to a burst around it", async () => {
    const first = await begin("git", "git merge a");
    site.write("page", "a");
    await end(first);
    const turn = await begin();
    const second = await begin("git", "git merge b");
    site.write("page", "b");
    await end(second);
    const act = await end(turn);
    assert.deepEqual([pageOf(act?.beforeId), pageOf(act?.afterId)], ["a", "b"]);

    const third = await begin("task", "build");
    site.write("page", "built");
    const own = await asked();
    await end(third);
    const fourth = await begin("task", "build");
    site.write("page", "built again");
    await end(fourth);
    assert.ok(site.entries().some(({ snapshotId }) => snapshotId === own?.snapshotId));
  });

  it("does no harm to that of another assistant", async () => {
    const [one, other] = [await begin("assistant", "one"), await begin("assistant", "other")];
    site.write("page", "of one");
    const first = await end(one);
    site.write("page", "of the other");
    const second = await end(other);
    assert.deepEqual([first?.what, second?.what], ["one", "other"]);
    assert.equal(first?.beforeId, second?.beforeId);
    assert.deepEqual([pageOf(first?.afterId), pageOf(second?.afterId)], ["of one", "of the other"]);
    const [third, fourth] = [await begin(), await begin()];
    site.write("page", "of both");
    assert.equal((await end(third))?.afterId, (await end(fourth))?.afterId);
  });

  it("comes to the restore that ended it, and to nothing when that went all the way back", async () => {
    const first = site.entries()[0]?.snapshotId ?? "";
    site.write("page", "before");
    let turn = await begin();
    site.write("page", "tried");
    await site.restore(first);
    const act = await end(turn);
    assert.deepEqual([pageOf(act?.beforeId), pageOf(act?.afterId)], ["before", "one"]);
    assert.equal(site.entries()[0]?.cause, "restore");

    const head = site.entries()[0]?.snapshotId ?? "";
    turn = await begin();
    site.write("page", "tried again");
    await site.restore(head);
    assert.equal(await end(turn), null);
  });

  it("is over, and not cut off, when its client goes", async () => {
    const turn = await begin();
    site.write("page", "half");
    const { entry } = await acts().abandon(site.project, { actId: turn, cause: "assistant" }, unattended);
    assert.deepEqual([entry?.act?.outcome, pageOf(entry?.snapshotId)], ["done", "half"]);
  });

  it("keeps both its sides for some days, whatever they were taken for", async () => {
    site.rig.projects.change(site.projectId, { ...onlyNewest(1), keepAssistantDays: 1 });
    site.write("page", "mine");
    const mine = await site.snapshot("mine");
    const turn = await begin();
    site.write("page", "step");
    await asked("step");
    site.write("page", "done");
    const act = await end(turn);
    site.write("page", "later");
    await site.snapshot("later");
    site.write("page", "latest");
    await site.snapshot("latest");
    const ids = site.entries().map(({ snapshotId }) => snapshotId);
    assert.equal(act?.beforeId, mine.snapshotId);
    assert.ok(ids.includes(mine.snapshotId) && ids.includes(act.afterId ?? ""));
    assert.ok(!site.entries().some(({ label }) => label === "later"));
  });
});
