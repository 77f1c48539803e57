import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectInWindow } from "../support/projectInWindow.ts";

describe("an unsaved editor", function () {
  this.timeout(180_000);
  let folder: string;

  const on = projectInWindow({
    prepare: async (project) => {
      folder = project.folder;
      await project.forkpoint("snapshot", "--label", "first");
    },
    settings: { "files.autoSave": "off" },
  });
  before(async () => {
    await on.window.openContainer("Forkpoint");
    await on.window.tree("Timeline").row("first").waitFor();
  });

  const saved = () => readFileSync(join(folder, "README.md"), "utf8");
  const typeInto = async (text: string) => {
    await on.window.openFile("README.md");
    await on.window.page.keyboard.press("Control+Home");
    await on.window.page.keyboard.type(text);
    await on.window.page.locator(".tab.dirty", { hasText: "README.md" }).waitFor();
  };
  const askToRestore = async () => {
    await on.window.tree("Timeline").inlineAction("first", "Restore Workspace…");
    await on.window.dialog.waitFor();
  };

  it("is asked about before a restore, and cancelling leaves everything", async () => {
    writeFileSync(join(folder, "src", "app.js"), "changed\n");
    await typeInto("Precious. ");
    await askToRestore();
    assert.match((await on.window.dialog.textContent()) ?? "", /1 editor has unsaved changes: README\.md\./);
    await on.window.screenshot("unsaved-1-question");
    await on.window.answerDialog("Cancel");
    assert.equal(readFileSync(join(folder, "src", "app.js"), "utf8"), "changed\n");
    assert.equal(saved().startsWith("Precious."), false);
    await on.window.editorText.getByText("Precious.").waitFor();
  });

  it("stays open as it is when one restores around it", async () => {
    await askToRestore();
    await on.window.answerDialog("Restore, Keep Unsaved Editors Open");
    await on.window.notification("Restored the workspace to “first”").waitFor();
    assert.match(readFileSync(join(folder, "src", "app.js"), "utf8"), /first version/);
    await on.window.openFile("README.md");
    await on.window.editorText.getByText("Precious.").waitFor();
    await on.window.page.locator(".tab.dirty", { hasText: "README.md" }).waitFor();
    await on.window.screenshot("unsaved-2-kept");
  });

  it("is saved first when one asks for that, so that undoing brings it back", async () => {
    writeFileSync(join(folder, "src", "app.js"), "changed again\n");
    await on.window.clearNotifications();
    await askToRestore();
    await on.window.answerDialog("Save All & Restore");
    await on.window.notification("Restored the workspace to “first”").waitFor();
    await on.window.page.locator(".tab.dirty", { hasText: "README.md" }).waitFor({ state: "detached" });
    assert.equal(saved().startsWith("Precious."), false);
    await on.window.runCommand("Forkpoint: Undo Last Restore");
    await on.window.notification("Undid the restore").waitFor();
    assert.equal(saved().startsWith("Precious."), true);
  });
});
