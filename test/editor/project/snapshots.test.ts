import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { Entry } from "../../../agent/protocol/entry.ts";
import { eventually } from "../support/eventually.ts";
import { OpenProject } from "../support/openProject.ts";
import { typeText } from "../support/typeText.ts";

describe("snapshots in the editor", () => {
  let opened: OpenProject;

  before(async () => (opened = await OpenProject.open()));
  after(() => opened.dispose());

  const shown = (snapshotId: string) =>
    eventually(`the entry ${snapshotId}`, () =>
      opened.api.entries.find((entry) => entry.snapshotId === snapshotId),
    );

  it("takes one, which the timeline shows as the head", async () => {
    opened.write("src/app.js", 'console.log("snapshots");\n');
    const entry = await opened.snapshot("from a command");
    assert.equal(entry.cause, "manual");
    assert.equal(entry.label, "from a command");
    const row = await shown(entry.snapshotId);
    assert.equal(row.head, true);
    assert.equal(opened.api.entries[0]?.snapshotId, entry.snapshotId);
  });

  it("takes none when nothing changed, and says so by giving back null", async () => {
    const before = opened.api.entries.length;
    assert.equal(await opened.run("takeSnapshot", { label: "" }), null);
    assert.equal(opened.api.entries.length, before);
  });

  it("holds what is on disk, so an unsaved editor stays unsaved", async () => {
    const document = await typeText(opened.uri("README.md"), "Unsaved. ");
    opened.write("src/data.json", "{}\n");
    await opened.snapshot("beside an unsaved editor");
    assert.equal(document.isDirty, true);
    assert.equal(opened.read("README.md").startsWith("Unsaved."), false);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });

  it("renames, notes, pins and unpins", async () => {
    opened.write("src/data.json", '{ "items": [] }\n');
    const { snapshotId } = await opened.snapshot("first name");
    await opened.run<Entry>("renameSnapshot", { snapshotId, label: "second name" });
    await opened.run<Entry>("editNote", { snapshotId, note: "All tests are green." });
    await opened.run<Entry>("pinSnapshot", { snapshotId });
    const pinned = await eventually("the pinned entry", () =>
      opened.api.entries.find((entry) => entry.snapshotId === snapshotId && entry.pinned),
    );
    assert.equal(pinned.label, "second name");
    assert.equal(pinned.note, "All tests are green.");
    await opened.run<Entry>("unpinSnapshot", { snapshotId });
    await eventually("the entry without its pin", () =>
      opened.api.entries.some((entry) => entry.snapshotId === snapshotId && !entry.pinned),
    );
  });

  it("shows what another window or the command line did", async () => {
    opened.write("src/data.json", '{ "items": [4] }\n');
    const { entry } = await opened.agent.call("snapshot/create", {
      project: opened.project.projectId,
      label: "from elsewhere",
    });
    assert.ok(entry);
    assert.equal((await shown(entry.snapshotId)).label, "from elsewhere");
  });

  it("drops a row that was deleted elsewhere", async () => {
    const old = opened.api.entries.find(({ label }) => label === "from a command");
    assert.ok(old);
    await opened.agent.call("snapshot/delete", {
      project: opened.project.projectId,
      snapshotIds: [old.snapshotId],
    });
    await eventually(
      "a timeline without it",
      () => !opened.api.entries.some(({ snapshotId }) => snapshotId === old.snapshotId),
    );
    const { projectId: project } = opened.project;
    const [deletion] = (await opened.agent.call("operations/list", { project })).operations;
    await opened.run("undoOperation", { operationId: deletion?.operationId });
    assert.equal((await shown(old.snapshotId)).label, "from a command");
  });
});
