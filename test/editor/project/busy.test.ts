import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ForkpointError } from "../../../agent/protocol/errors.ts";
import { OpenProject, withSettings } from "../support/openProject.ts";

const files = 4000;

describe("a project that another window is busy with", () => {
  let opened: OpenProject;

  withSettings({ maxSnapshots: 50, confirmRestore: false });

  before(async () => (opened = await OpenProject.open()));
  after(() => {
    opened.remove("many");
    opened.dispose();
  });

  it("is not touched meanwhile, and is free again afterwards", async () => {
    mkdirSync(join(opened.project.path, "many"));
    for (let number = 0; number < files; number++) opened.write(`many/${number}`, `${number}\n`);
    const { snapshotId } = await opened.snapshot("many files");
    for (let number = 0; number < files; number++) opened.write(`many/${number}`, "changed\n");

    const params = { project: opened.project.projectId, snapshotId };
    const began = Promise.withResolvers<undefined>();
    const onProgress = () => began.resolve(undefined);
    const elsewhere = opened.agent.call("timeline/restore", params, { onProgress });
    await began.promise;
    const second = opened.agent.call("timeline/undo", { project: opened.project.projectId });
    await assert.rejects(
      second,
      (thrown) => thrown instanceof ForkpointError && thrown.code === "PROJECT_BUSY",
    );
    assert.equal(await opened.run("undoRestore"), undefined);
    assert.equal((await elsewhere).summary.modified, files);
    assert.equal(opened.read("many/7"), "7\n");

    assert.ok(await opened.run("undoRestore"));
    assert.equal(opened.read("many/7"), "changed\n");
  });
});
