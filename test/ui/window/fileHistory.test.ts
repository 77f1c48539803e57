import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectInWindow } from "../support/projectInWindow.ts";

describe("the history of a file in the window", function () {
  this.timeout(180_000);

  const on = projectInWindow({
    prepare: async (project) => {
      await project.forkpoint("snapshot", "--label", "untouched", "--pin");
      await project.change("src/app.js", 'console.log("second version");\n');
      await project.forkpoint("snapshot", "--label", "second", "--pin");
      await project.change("README.md", "# Demo\n\nAnother file.\n");
      await project.forkpoint("snapshot", "--label", "another file", "--pin");
      await project.change("src/app.js", 'console.log("third version, and not in a snapshot yet");\n');
    },
  });
  before(async () => {
    await on.window.openContainer("Forkpoint");
    await on.window.tree("Timeline").row("another file").waitFor();
  });

  const versions = () => on.window.tree("File History");
  const content = (path: string) => readFileSync(join(on.project.folder, path), "utf8");
  const explorerRow = (name: string) =>
    on.window.page.locator(".explorer-folders-view .monaco-list-row").filter({ hasText: name }).first();

  it("says what it is for before a file is open", async () => {
    await versions().expand();
    await versions().welcome.getByText("Every version of a file, over all snapshots").waitFor();
    await on.window.screenshot("history-0-empty");
  });

  it("opens from the Explorer's menu, each version once", async () => {
    await on.window.openContainer("Explorer");
    await explorerRow("src").click();
    await explorerRow("app.js").waitFor();
    await explorerRow("app.js").click({ button: "right" });
    await on.window.page.getByRole("menuitem", { name: "File History" }).hover();
    await on.window.screenshot("history-1-explorer-menu");
    await on.window.page.waitForTimeout(500);
    await on.window.page.getByRole("menuitem", { name: "File History" }).click();
    await versions().row("Not in a snapshot yet").waitFor();
    const labels = await versions().labels();
    assert.equal(labels.length, 3);
    assert.match(
      labels[0] ?? "",
      /^Not in a snapshot yet, .*the workspace holds this version, in no snapshot$/,
    );
    assert.match(labels[1] ?? "", /^second, .*in 2 snapshots$/);
    assert.match(labels[2] ?? "", /^Imported, .*in 2 snapshots$/);
    await on.window.screenshot("history-2-view");
  });

  it("compares a version with now, in the editor's own comparison", async () => {
    await versions().inlineAction("Imported", "Compare Version with Now");
    await on.window.editorTab("app.js (Imported → now)").waitFor();
    await on.window.page.getByText("third version, and not in a snapshot yet").first().waitFor();
    await on.window.screenshot("history-3-compare");
    await versions().contextAction("second", "Select Version for Compare");
    await on.window.statusBarItem("Selected “second” of src/app.js").waitFor();
    await versions().contextAction("Imported", "Compare Version with Selected");
    await on.window.editorTab("app.js (Imported → second)").waitFor();
  });

  it("opens a version read-only", async () => {
    await versions().row("second").click();
    await on.window.editorText.getByText("second version").waitFor();
  });

  it("restores one version after a look at what it does, and undoes it", async () => {
    await versions().inlineAction("second", "Restore This Version…");
    await on.window.dialog.getByText("src/app.js").first().waitFor();
    await on.window.screenshot("history-4-restore");
    await on.window.answerDialog("Restore");
    await on.window.notification("Restored “src/app.js” to “second”").waitFor();
    assert.match(content("src/app.js"), /second version/);
    await on.window.answerNotification("Restored “src/app.js”", "Undo");
    await on.window.notification("Undid the restore").waitFor();
    assert.match(content("src/app.js"), /third version/);
  });

  it("finds a deleted file, and brings it back", async () => {
    rmSync(join(on.project.folder, "src/data.json"));
    await on.window.clearNotifications();
    await on.window.runCommand("Forkpoint: Find Deleted Files…");
    await on.window.quickInput.row("data.json").waitFor();
    await on.window.screenshot("history-5-deleted");
    await on.window.quickInput.choose("data.json");
    await versions()
      .row(/deleted after/)
      .waitFor();
    await versions().inlineAction(/deleted after/, "Restore This Version…");
    await on.window.answerDialog("Restore");
    await on.window.notification("Restored “src/data.json”").waitFor();
    assert.equal(existsSync(join(on.project.folder, "src/data.json")), true);
  });

  it("follows the editor in front once it is let go", async () => {
    await on.window.clearNotifications();
    await versions().headerAction("Follow the Active Editor");
    await on.window.openFile("README.md");
    await versions().row("another file").waitFor();
    await on.window.page.getByText("README.md").first().waitFor();
    await versions().headerAction("Keep Showing This File");
    await on.window.openFile("app.js");
    await on.window.page.locator(".pane-header", { hasText: "README.md (kept)" }).waitFor();
  });

  it("is drawn in the colours of the theme", async () => {
    await on.window.runCommand("Preferences: Toggle between Light/Dark Themes");
    await on.window.page.locator(".monaco-workbench.vs, .monaco-workbench.vs-dark").waitFor();
    await on.window.screenshot("history-6-other-theme");
    await on.window.runCommand("Preferences: Color Theme");
    await on.window.quickInput.type("Dark High Contrast");
    await on.window.quickInput.choose("Dark High Contrast");
    await on.window.page.locator(".monaco-workbench.hc-black").waitFor();
    await on.window.screenshot("history-7-high-contrast");
  });
});
