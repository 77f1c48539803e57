import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectInWindow } from "../support/projectInWindow.ts";

describe("tabs and unsaved editors of a snapshot, in the window", function () {
  this.timeout(180_000);

  const on = projectInWindow({ settings: { "files.autoSave": "off" } });
  before(async () => {
    await on.window.openContainer("Forkpoint");
    await on.window.tree("Timeline").row("Imported").waitFor();
    await on.window.openFile("app.js");
    await on.window.openFile("README.md");
    await on.window.page.keyboard.press("Control+Home");
    await on.window.page.keyboard.type("A draft. ");
    await dirtyReadme().waitFor();
    await on.window.runCommand("Forkpoint: Take Snapshot");
    await on.window.quickInput.titled("Take snapshot").waitFor();
    await on.window.quickInput.type("with a draft");
    await on.window.quickInput.accept();
    await on.window.tree("Timeline").row("with a draft").waitFor();
    await on.window.runCommand("File: Revert File");
    await on.window.runCommand("View: Close All Editors");
    await anyTab().first().waitFor({ state: "detached" });
  });

  const anyTab = () => on.window.editorTab(/./);
  const dirtyReadme = () => on.window.page.locator(".tab.dirty", { hasText: "README.md" });
  const content = (path: string) => readFileSync(join(on.project.folder, path), "utf8");
  /** Until the question about the tabs stands there. */
  const restore = async () => {
    await on.window.clearNotifications();
    await on.project.change("src/app.js", "changed since\n");
    await on.window.tree("Timeline").inlineAction("with a draft", "Restore Workspace…");
    await on.window.dialog.getByText("app.js").first().waitFor();
    // The next question takes the place of this one.
    await on.window.dialog.getByRole("button", { name: /^Restore/ }).click();
    await on.window.dialog.getByText("Bring back the tabs and unsaved editors too?").waitFor();
  };
  const restored = () => on.window.notification("Restored the workspace to “with a draft”").waitFor();

  it("are asked about, and stay away when one wants the files only", async () => {
    await restore();
    const text = (await on.window.dialog.textContent()) ?? "";
    assert.match(text, /“with a draft” holds 1 unsaved editor and 2 tabs that are not open now\./);
    assert.match(text, /Unsaved: README\.md\./);
    await on.window.screenshot("brought-back-1-question");
    await on.window.answerDialog("Files Only");
    await restored();
    assert.match(content("src/app.js"), /first version/);
    assert.equal(await anyTab().count(), 0);
    await on.window.screenshot("brought-back-2-files-only");
  });

  it("change nothing when the question is closed", async () => {
    await restore();
    await on.window.answerDialog("Cancel");
    assert.equal(content("src/app.js"), "changed since\n");
    assert.equal(await anyTab().count(), 0);
  });

  it("open again as they were, unsaved, when one wants them", async () => {
    await restore();
    await on.window.answerDialog("Bring Back");
    await restored();
    await dirtyReadme().waitFor();
    await on.window.editorTab("app.js").waitFor();
    await on.window.editorText.getByText("A draft. # Demo").waitFor();
    assert.equal(await anyTab().count(), 2);
    assert.equal(content("README.md").startsWith("A draft."), false);
    await on.window.screenshot("brought-back-3-back");
  });

  it("go again when the restore is undone", async () => {
    await on.window.answerNotification("Restored the workspace", "Undo");
    await on.window.notification("Undid the restore").waitFor();
    await anyTab().first().waitFor({ state: "detached" });
    assert.equal(content("src/app.js"), "changed since\n");
    await on.window.screenshot("brought-back-4-undone");
  });
});
