import assert from "node:assert/strict";
import * as vscode from "vscode";
import { eventually } from "../support/eventually.ts";
import { OpenProject, withSettings } from "../support/openProject.ts";
import { typeText } from "../support/typeText.ts";

describe("tabs and unsaved editors", () => {
  let opened: OpenProject;

  withSettings({ maxSnapshots: 50, confirmRestore: false, "editors.bringBack": "always" });

  const closeAll = () => vscode.commands.executeCommand("workbench.action.closeAllEditors");
  const revert = async (uri: vscode.Uri) => {
    await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  };
  const tabs = () =>
    vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri.toString()] : []));
  const document = (uri: vscode.Uri) =>
    vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());

  before(async () => {
    opened = await OpenProject.open();
    await closeAll();
  });
  after(async () => {
    await closeAll();
    opened.dispose();
  });

  it("come back with a restore, unsaved as they were, and go again when it is undone", async () => {
    const [readme, app] = [opened.uri("README.md"), opened.uri("src/app.js")];
    await vscode.window.showTextDocument(app, { preview: false });
    await typeText(readme, "Draft. ");
    const draft = document(readme)?.getText();
    assert.ok(draft?.startsWith("Draft. "));
    const entry = await opened.snapshot("with a draft");
    const { windows } = await opened.agent.call("editor/show", {
      project: opened.project.projectId,
      snapshotId: entry.snapshotId,
    });
    assert.deepEqual(
      windows.flatMap(({ state }) => state.unsaved.map(({ path }) => path)),
      ["README.md"],
    );
    await revert(readme);
    await closeAll();
    opened.write("README.md", "Another text, on the disk.\n");
    await opened.snapshot("another text");

    assert.ok(await opened.run("restoreWorkspace", entry));
    const back = await eventually("the unsaved editor", () => {
      const found = document(readme);
      return found?.isDirty && found.getText() === draft && found;
    });
    assert.equal(opened.read("README.md").startsWith("Draft."), false);
    await eventually("the tabs", () => tabs().includes(app.toString()));
    assert.equal(back.isDirty, true);

    assert.ok(await opened.run("undoRestore"));
    await eventually("no unsaved editor", () => !document(readme)?.isDirty);
    assert.equal(opened.read("README.md"), "Another text, on the disk.\n");
    await eventually("no tab", () => !tabs().includes(app.toString()));
  });

  it("hold what has no file, and nothing of files elsewhere", async () => {
    const untitled = await vscode.workspace.openTextDocument({ content: "a thought", language: "markdown" });
    await vscode.window.showTextDocument(untitled);
    const outside = await vscode.workspace.openTextDocument(
      vscode.Uri.parse("untitled:/elsewhere/secret.txt"),
    );
    const edit = new vscode.WorkspaceEdit();
    edit.insert(outside.uri, new vscode.Position(0, 0), "secret");
    await vscode.workspace.applyEdit(edit);
    const { snapshotId } = await opened.snapshot("a thought");
    const { windows } = await opened.agent.call("editor/show", {
      project: opened.project.projectId,
      snapshotId,
    });
    const unsaved = windows.flatMap(({ state }) => state.unsaved);
    assert.deepEqual(
      unsaved.map(({ path, language, text }) => ({ path, language, text })),
      [{ path: null, language: "markdown", text: "a thought" }],
    );
    for (const { uri } of [untitled, outside]) await revert(uri);
    await eventually("closed editors", () => !vscode.workspace.textDocuments.some(({ isDirty }) => isDirty));

    await opened.run("restoreWorkspace", { snapshotId });
    await eventually("the thought", () =>
      vscode.workspace.textDocuments.some((each) => each.isUntitled && each.getText() === "a thought"),
    );
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });
});
