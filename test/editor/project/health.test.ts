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

  it("finds nothing wrong with a doctor", async () => {
    const checks = await opened.run<{ name: string; ok: boolean; message: string }[]>("doctor");
    assert.deepEqual(
      checks.filter(({ ok }) => !ok),
      [],
    );
    assert.ok(checks.length > 3);
  });
});
