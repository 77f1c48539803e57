import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

describe("tabs and unsaved editors of a snapshot, in the window", function () {
  this.timeout(180_000);
  let project: DemoProject;
  let made: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    made = project = await makeDemoProject();
    editor = await EditorWindow.start(project, { "files.autoSave": "off" });
    window = await editor.open();
    await window.openContainer("Forkpoint");
    await window.tree("Timeline").row("Imported").waitFor();
    await window.openFile("app.js");
    await window.openFile("README.md");
    await window.page.keyboard.press("Control+Home");
    await window.page.keyboard.type("A draft. ");
    await dirtyReadme().waitFor();
    await window.runCommand("Forkpoint: Take Snapshot");
    await window.quickInput.titled("Take snapshot").waitFor();
    await window.quickInput.type("with a draft");
    await window.quickInput.accept();
    await window.tree("Timeline").row("with a draft").waitFor();
    await window.runCommand("File: Revert File");
    await window.runCommand("View: Close All Editors");
    await anyTab().first().waitFor({ state: "detached" });
  });
  after(async () => {
    await editor?.dispose();
    await made?.dispose();
  });

  const anyTab = () => window.editorTab(/./);
  const dirtyReadme = () => window.page.locator(".tab.dirty", { hasText: "README.md" });
  const content = (path: string) => readFileSync(join(project.folder, path), "utf8");
  /** Until the question about the tabs stands there. */
  const restore = async () => {
    await window.clearNotifications();
    await project.change("src/app.js", "changed since\n");
    await window.tree("Timeline").inlineAction("with a draft", "Restore Workspace…");
    await window.dialog.getByText("app.js").first().waitFor();
    // The next question takes the place of this one.
    await window.dialog.getByRole("button", { name: /^Restore/ }).click();
    await window.dialog.getByText("Bring back the tabs and unsaved editors too?").waitFor();
  };
  const restored = () => window.notification("Restored the workspace to “with a draft”").waitFor();

  it("are asked about, and stay away when one wants the files only", async () => {
    await restore();
    const text = (await window.dialog.textContent()) ?? "";
    assert.match(text, /“with a draft” holds 1 unsaved editor and 2 tabs that are not open now\./);
    assert.match(text, /Unsaved: README\.md\./);
    await window.screenshot("brought-back-1-question");
    await window.answerDialog("Files Only");
    await restored();
    assert.match(content("src/app.js"), /first version/);
    assert.equal(await anyTab().count(), 0);
    await window.screenshot("brought-back-2-files-only");
  });

  it("change nothing when the question is closed", async () => {
    await restore();
    await window.answerDialog("Cancel");
    assert.equal(content("src/app.js"), "changed since\n");
    assert.equal(await anyTab().count(), 0);
  });

  it("open again as they were, unsaved, when one wants them", async () => {
    await restore();
    await window.answerDialog("Bring Back");
    await restored();
    await dirtyReadme().waitFor();
    await window.editorTab("app.js").waitFor();
    await window.editorText.getByText("A draft. # Demo").waitFor();
    assert.equal(await anyTab().count(), 2);
    assert.equal(content("README.md").startsWith("A draft."), false);
    await window.screenshot("brought-back-3-back");
  });

  it("go again when the restore is undone", async () => {
    await window.answerNotification("Restored the workspace", "Undo");
    await window.notification("Undid the restore").waitFor();
    await anyTab().first().waitFor({ state: "detached" });
    assert.equal(content("src/app.js"), "changed since\n");
    await window.screenshot("brought-back-4-undone");
  });
});
