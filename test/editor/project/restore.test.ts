import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { Entry } from "../../../agent/protocol/entry.ts";
import type { Result } from "../../../agent/protocol/methods.ts";
import { eventually } from "../support/eventually.ts";
import { OpenProject, withSettings } from "../support/openProject.ts";
import { typeText } from "../support/typeText.ts";

type Restored = Result<"timeline/restore">;

describe("restoring in the editor", () => {
  let opened: OpenProject;
  let before_: Entry;

  // A window under test refuses every modal dialog; those are tested in the browser.
  withSettings({ confirmRestore: false, maxSnapshots: 50 });

  before(async () => {
    opened = await OpenProject.open();
    opened.write("src/app.js", 'console.log("before");\n');
    opened.write("src/kept.js", "kept\n");
    before_ = await opened.snapshot("before the change");
  });
  after(() => opened.dispose());

  beforeEach(() => {
    opened.write("src/app.js", 'console.log("after");\n');
    if (opened.has("src/kept.js")) opened.remove("src/kept.js");
    opened.write("src/new.js", "new\n");
  });

  const restore = () => opened.run<Restored | undefined>("restoreWorkspace", { ...before_ });

  it("brings back contents and removed files, takes away new ones, and keeps a guard", async () => {
    const restored = await restore();
    assert.ok(restored?.entry);
    assert.equal(opened.read("src/app.js"), 'console.log("before");\n');
    assert.equal(opened.read("src/kept.js"), "kept\n");
    assert.equal(opened.has("src/new.js"), false);
    assert.equal(restored.entry.cause, "restore");
    assert.equal(restored.guard?.cause, "guard");
    assert.deepEqual(restored.summary, { added: 1, modified: 1, removed: 1, renamed: 0, metadata: 0 });
    await eventually("the restore as the head", () => opened.api.entries[0]?.cause === "restore");
  });

  it("undoes it", async () => {
    await restore();
    await opened.run("undoRestore");
    assert.equal(opened.read("src/app.js"), 'console.log("after");\n');
    assert.equal(opened.has("src/kept.js"), false);
    assert.equal(opened.read("src/new.js"), "new\n");
  });

  it("lets an open editor follow", async () => {
    const document = await vscode.workspace.openTextDocument(opened.uri("src/app.js"));
    await vscode.window.showTextDocument(document);
    // It may have been open before, and follows the file when the editor gets to it.
    await eventually("the present text in the editor", () => document.getText().includes("after"));
    await restore();
    await eventually("the restored text in the editor", () => document.getText().includes("before"));
    assert.equal(document.isDirty, false);
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });

  it("brings back one file and leaves the others", async () => {
    await vscode.commands.executeCommand("forkpoint.compareWithNow", { ...before_ });
    const leaf = { kind: "change", path: "src/app.js", name: "app.js" };
    const change = opened.api.comparison?.changes.find(({ path }) => path === leaf.path);
    assert.ok(change);
    await opened.run("restoreChange", { ...leaf, change });
    assert.equal(opened.read("src/app.js"), 'console.log("before");\n');
    assert.equal(opened.read("src/new.js"), "new\n");
  });

  it("changes nothing while an editor is unsaved and nobody has answered for it", async () => {
    const document = await typeText(opened.uri("src/app.js"), "// precious\n");
    assert.equal(await restore(), undefined);
    assert.equal(document.isDirty, true);
    assert.equal(document.getText(), '// precious\nconsole.log("after");\n');
    assert.equal(opened.read("src/app.js"), 'console.log("after");\n');
    assert.equal(opened.read("src/new.js"), "new\n");
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });

  it("asks the same before an undo", async () => {
    await restore();
    const document = await typeText(opened.uri("src/app.js"), "// precious\n");
    await opened.run("undoRestore");
    assert.equal(document.isDirty, true);
    assert.equal(opened.read("src/app.js"), 'console.log("before");\n');
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });
});
