import assert from "node:assert/strict";
import { lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stages, type WindowStage } from "../../editor/support/windows.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

/** One story, in order: each test goes on where the one before ended. */
describe("the first steps in a plain folder", function () {
  this.timeout(180_000);
  let stage: WindowStage | undefined;
  let editor: EditorWindow | undefined;
  let folder: string;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    stage = await stages.bare();
    folder = stage.folder;
    editor = await EditorWindow.start(stage);
    window = await editor.open();
    await window.openContainer("Forkpoint");
  });
  after(async () => {
    await editor?.dispose();
    await stage?.dispose();
  });

  const prices = () => readFileSync(join(folder, "prices.txt"), "utf8");
  const timeline = () => window.tree("Timeline");

  it("begin with a welcome that asks for a pool", async () => {
    await timeline().welcome.getByRole("button", { name: "Create Pool…" }).waitFor();
    assert.match((await timeline().welcome.textContent()) ?? "", /Give this folder a timeline/);
    await window.statusBarItem("Forkpoint: Set up").waitFor();
    await window.screenshot("first-steps-1-welcome");
  });

  it("make a pool of what is proposed", async () => {
    await timeline().welcome.getByRole("button", { name: "Create Pool…" }).click();
    await window.acceptProposals(2);
    await window.notification("The pool is ready.").waitFor();
    await timeline().welcome.getByRole("button", { name: "Import This Folder…" }).waitFor();
    await window.screenshot("first-steps-2-pool");
  });

  it("import the folder, whose path stays", async () => {
    await window.answerNotification("The pool is ready.", "Import This Folder…");
    await window.acceptProposals(2);
    await window.notification("“shop” has a timeline now.").waitFor();
    assert.equal(lstatSync(folder).isSymbolicLink(), true);
    assert.equal(prices(), "bread 3\n");
    await timeline().row("Imported").waitFor();
    await window.screenshot("first-steps-3-imported");
    const reloaded = window.untilReloaded();
    await window.answerNotification("“shop” has a timeline now.", "Reload Window");
    await reloaded;
    await window.openContainer("Forkpoint");
    await timeline().row("Imported").waitFor();
  });

  it("take a snapshot with a name", async () => {
    writeFileSync(join(folder, "prices.txt"), "bread 4\n");
    await timeline().headerAction("Take Snapshot");
    await window.quickInput.opened();
    await window.quickInput.type("after the price rise");
    await window.quickInput.accept();
    await timeline()
      .row(/after the price rise.*current/)
      .waitFor();
    await window.screenshot("first-steps-4-snapshot");
  });

  it("see what it changed with one click", async () => {
    await timeline().row("after the price rise").click();
    await window.tree("Changes").row("prices.txt").waitFor();
    await window.tree("Changes").row("prices.txt").click();
    await window.editorTab("prices.txt (Imported → after the price rise)").waitFor();
    await window.screenshot("first-steps-5-difference");
  });

  it("see what a restore will do, where Enter does nothing dangerous", async () => {
    writeFileSync(join(folder, "prices.txt"), "bread 5\n");
    writeFileSync(join(folder, "mistake.txt"), "oops\n");
    await timeline().inlineAction("after the price rise", "Restore Workspace…");
    await window.dialog.waitFor();
    const text = (await window.dialog.textContent()) ?? "";
    assert.match(text, /Restore the workspace to “after the price rise”/);
    assert.match(text, /1 path changes back and 1 goes away\./);
    assert.match(text, /so that you can undo this/);
    await window.screenshot("first-steps-6-restore");
    await window.page.keyboard.press("Enter");
    await window.tree("Changes").row("mistake.txt").waitFor();
    assert.equal(prices(), "bread 5\n");
  });

  it("restore, and have the file back", async () => {
    await timeline().inlineAction("after the price rise", "Restore Workspace…");
    await window.answerDialog("Restore");
    await window.notification("Restored the workspace to “after the price rise”").waitFor();
    assert.equal(prices(), "bread 4\n");
    await timeline()
      .row(/Restored.*current/)
      .waitFor();
    await timeline().row("Before a restore").waitFor();
    await window.screenshot("first-steps-7-restored");
  });

  it("undo that from the message", async () => {
    await window.answerNotification("Restored the workspace to “after the price rise”", "Undo");
    await window.notification("Undid the restore").waitFor();
    assert.equal(prices(), "bread 5\n");
    assert.equal(readFileSync(join(folder, "mistake.txt"), "utf8"), "oops\n");
    await window.screenshot("first-steps-8-undone");
  });
});
