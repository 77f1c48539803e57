import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { OpenProject } from "../support/openProject.ts";

describe("the health in the editor", () => {
  let opened: OpenProject;

  before(async () => (opened = await OpenProject.open()));
  after(() => opened.dispose());

  it("is protected once everything is in the store", async () => {
    opened.write("src/app.js", "to be kept safe\n");
    await opened.snapshot("to be kept safe");
    await opened.run("pushNow");
    await eventually("a protected workspace", () => opened.api.status.word === "Protected");
    assert.equal(opened.api.status.tone, "good");
    await eventually("a durable entry", () => opened.api.entries[0]?.durability === "durable");
  });

  it("offers what one does every day, and the page with everything", () => {
    assert.deepEqual(opened.api.status.commands, [
      "forkpoint.takeSnapshot",
      "forkpoint.showTimelinePanel",
      "forkpoint.showHealth",
    ]);
  });

  it("says that the safe copy is paused, and how it is resumed", async () => {
    await opened.run("pausePush");
    await eventually("a paused copy", () => opened.api.status.word === "Copy paused");
    assert.equal(opened.api.status.commands[0], "forkpoint.resumePush");
    opened.write("src/app.js", "kept here for now\n");
    await opened.snapshot("kept here for now");
    await eventually("an entry that stays here", () => {
      const { label, durability } = opened.api.entries[0] ?? {};
      return label === "kept here for now" && durability === "local";
    });
    await opened.run("resumePush");
    await eventually("a protected workspace", () => opened.api.status.word === "Protected");
    await eventually("a durable entry", () => opened.api.entries[0]?.durability === "durable");
  });

  it("finds nothing wrong with a doctor", async () => {
    const checks = await opened.run<{ name: string; ok: boolean; message: string }[]>("doctor");
    assert.deepEqual(
      checks.filter(({ ok }) => !ok),
      [],
    );
    assert.ok(checks.length > 3);
  });
});
