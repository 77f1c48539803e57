import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { Entry } from "../../../agent/protocol/entry.ts";
import { eventually } from "../support/eventually.ts";
import { OpenProject, withSettings } from "../support/openProject.ts";

describe("comparing in the editor", () => {
  let opened: OpenProject;
  let older: Entry;
  let newer: Entry;

  withSettings({ maxSnapshots: 50 });

  before(async () => {
    opened = await OpenProject.open();
    opened.write("src/app.js", "older\n");
    older = await opened.snapshot("older");
    opened.write("src/app.js", "newer\n");
    opened.write("src/added.js", "added\n");
    newer = await opened.snapshot("newer");
    opened.write("src/app.js", "now\n");
  });
  after(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    opened.dispose();
  });

  const kinds = () =>
    opened.api.comparison?.changes
      .filter(({ type }) => type === "file")
      .map(({ kind, path }) => [kind, path]);

  const openDiff = async (path: string) => {
    const change = opened.api.comparison?.changes.find((candidate) => candidate.path === path);
    await opened.run("openChange", { kind: "change", path, name: path, change });
    const input = await eventually("the difference", () => {
      const open = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return open instanceof vscode.TabInputTextDiff && open;
    });
    const text = async (uri: vscode.Uri) => (await vscode.workspace.openTextDocument(uri)).getText();
    return { before: await text(input.original), after: await text(input.modified), input };
  };

  it("compares with the workspace as it stands, whose side is the file itself", async () => {
    await opened.run("compareWithNow", { ...older });
    assert.deepEqual(kinds(), [
      ["added", "src/added.js"],
      ["modified", "src/app.js"],
    ]);
    const { before, after, input } = await openDiff("src/app.js");
    assert.equal(before, "older\n");
    assert.equal(after, "now\n");
    assert.equal(input.modified.scheme, "file");
  });

  it("compares with the one before", async () => {
    await opened.run("compareWithPrevious", { ...newer });
    assert.equal(opened.api.comparison?.to?.snapshotId, newer.snapshotId);
    const { before, after } = await openDiff("src/app.js");
    assert.equal(before, "older\n");
    assert.equal(after, "newer\n");
    assert.equal((await openDiff("src/added.js")).before, "");
  });

  it("shows what an entry changed when its row is clicked, and takes no focus for it", async () => {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(opened.uri("README.md")));
    await opened.run("showEntryChanges", { ...newer });
    assert.deepEqual(kinds()?.length, 2);
    assert.equal(vscode.window.activeTextEditor?.document.uri.path.endsWith("README.md"), true);
  });

  it("opens all changes side by side", async () => {
    await opened.run("compareWithPrevious", { ...newer });
    await opened.run("openAllChanges");
    await eventually("an editor of many differences", () =>
      vscode.window.tabGroups.activeTabGroup.activeTab?.label.includes("older → newer"),
    );
  });

  it("never writes to a snapshot", async () => {
    const { input } = await openDiff("src/app.js");
    await assert.rejects(() =>
      Promise.resolve(vscode.workspace.fs.writeFile(input.original, Buffer.from("x"))),
    );
    const outside = input.original.with({ path: `${input.original.path}/../../../../../../etc/passwd` });
    await assert.rejects(() => Promise.resolve(vscode.workspace.fs.readFile(outside)));
  });

  it("closes", async () => {
    await opened.run("closeComparison");
    assert.equal(opened.api.comparison, undefined);
  });
});
