import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

describe("an unsaved editor", function () {
  this.timeout(180_000);
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let folder: string;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    folder = project.folder;
    await project.forkpoint("snapshot", "--label", "first");
    editor = await EditorWindow.start(project, { "files.autoSave": "off" });
    window = await editor.open();
    await window.openContainer("Forkpoint");
    await window.tree("Timeline").row("first").waitFor();
  });
  after(async () => {
    await editor?.dispose();
    await project?.dispose();
  });

  const saved = () => readFileSync(join(folder, "README.md"), "utf8");
  const typeInto = async (text: string) => {
    await window.openFile("README.md");
    await window.page.keyboard.press("Control+Home");
    await window.page.keyboard.type(text);
    await window.page.locator(".tab.dirty", { hasText: "README.md" }).waitFor();
  };
  const askToRestore = async () => {
    await window.tree("Timeline").inlineAction("first", "Restore Workspace…");
    await window.dialog.waitFor();
  };

  it("is asked about before a restore, and cancelling leaves everything", async () => {
    writeFileSync(join(folder, "src", "app.js"), "changed\n");
    await typeInto("Precious. ");
    await askToRestore();
    assert.match((await window.dialog.textContent()) ?? "", /1 editor has unsaved changes: README\.md\./);
    await window.screenshot("unsaved-1-question");
    await window.answerDialog("Cancel");
    assert.equal(readFileSync(join(folder, "src", "app.js"), "utf8"), "changed\n");
    assert.equal(saved().startsWith("Precious."), false);
    await window.editorText.getByText("Precious.").waitFor();
  });

  it("stays open as it is when one restores around it", async () => {
    await askToRestore();
    await window.answerDialog("Restore, Keep Unsaved Editors Open");
    await window.notification("Restored the workspace to “first”").waitFor();
    assert.match(readFileSync(join(folder, "src", "app.js"), "utf8"), /first version/);
    await window.openFile("README.md");
    await window.editorText.getByText("Precious.").waitFor();
    await window.page.locator(".tab.dirty", { hasText: "README.md" }).waitFor();
    await window.screenshot("unsaved-2-kept");
  });

  it("is saved first when one asks for that, so that undoing brings it back", async () => {
    writeFileSync(join(folder, "src", "app.js"), "changed again\n");
    await window.clearNotifications();
    await askToRestore();
    await window.answerDialog("Save All & Restore");
    await window.notification("Restored the workspace to “first”").waitFor();
    await window.page.locator(".tab.dirty", { hasText: "README.md" }).waitFor({ state: "detached" });
    assert.equal(saved().startsWith("Precious."), false);
    await window.runCommand("Forkpoint: Undo Last Restore");
    await window.notification("Undid the restore").waitFor();
    assert.equal(saved().startsWith("Precious."), true);
  });
});
