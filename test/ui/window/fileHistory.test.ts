import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

describe("the history of a file in the window", function () {
  this.timeout(180_000);
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    await project.forkpoint("snapshot", "--label", "untouched", "--pin");
    await project.change("src/app.js", 'console.log("second version");\n');
    await project.forkpoint("snapshot", "--label", "second", "--pin");
    await project.change("README.md", "# Demo\n\nAnother file.\n");
    await project.forkpoint("snapshot", "--label", "another file", "--pin");
    await project.change("src/app.js", 'console.log("third version, and not in a snapshot yet");\n');
    editor = await EditorWindow.start(project);
    window = await editor.open();
    await window.openContainer("Forkpoint");
    await window.tree("Timeline").row("another file").waitFor();
  });
  after(async () => {
    await editor?.dispose();
    await project?.dispose();
  });

  const versions = () => window.tree("File History");
  const content = (path: string) => readFileSync(join(project?.folder ?? "", path), "utf8");
  const explorerRow = (name: string) =>
    window.page.locator(".explorer-folders-view .monaco-list-row").filter({ hasText: name }).first();

  it("says what it is for before a file is open", async () => {
    await versions().expand();
    await versions().welcome.getByText("Every version of a file, over all snapshots").waitFor();
    await window.screenshot("history-0-empty");
  });

  it("opens from the Explorer's menu, each version once", async () => {
    await window.openContainer("Explorer");
    await explorerRow("src").click();
    await explorerRow("app.js").waitFor();
    await explorerRow("app.js").click({ button: "right" });
    await window.page.getByRole("menuitem", { name: "File History" }).hover();
    await window.screenshot("history-1-explorer-menu");
    await window.page.waitForTimeout(500);
    await window.page.getByRole("menuitem", { name: "File History" }).click();
    await versions().row("Not in a snapshot yet").waitFor();
    const labels = await versions().labels();
    assert.equal(labels.length, 3);
    assert.match(
      labels[0] ?? "",
      /^Not in a snapshot yet, .*the workspace holds this version, in no snapshot$/,
    );
    assert.match(labels[1] ?? "", /^second, .*in 2 snapshots$/);
    assert.match(labels[2] ?? "", /^Imported, .*in 2 snapshots$/);
    await window.screenshot("history-2-view");
  });

  it("compares a version with now, in the editor's own comparison", async () => {
    await versions().inlineAction("Imported", "Compare Version with Now");
    await window.editorTab("app.js (Imported → now)").waitFor();
    await window.page.getByText("third version, and not in a snapshot yet").first().waitFor();
    await window.screenshot("history-3-compare");
    await versions().contextAction("second", "Select Version for Compare");
    await window.statusBarItem("Selected “second” of src/app.js").waitFor();
    await versions().contextAction("Imported", "Compare Version with Selected");
    await window.editorTab("app.js (Imported → second)").waitFor();
  });

  it("opens a version read-only", async () => {
    await versions().row("second").click();
    await window.editorText.getByText("second version").waitFor();
  });

  it("restores one version after a look at what it does, and undoes it", async () => {
    await versions().inlineAction("second", "Restore This Version…");
    await window.dialog.getByText("src/app.js").first().waitFor();
    await window.screenshot("history-4-restore");
    await window.answerDialog("Restore");
    await window.notification("Restored “src/app.js” to “second”").waitFor();
    assert.match(content("src/app.js"), /second version/);
    await window.answerNotification("Restored “src/app.js”", "Undo");
    await window.notification("Undid the restore").waitFor();
    assert.match(content("src/app.js"), /third version/);
  });

  it("finds a deleted file, and brings it back", async () => {
    rmSync(join(project?.folder ?? "", "src/data.json"));
    await window.clearNotifications();
    await window.runCommand("Forkpoint: Find Deleted Files…");
    await window.quickInput.row("data.json").waitFor();
    await window.screenshot("history-5-deleted");
    await window.quickInput.choose("data.json");
    await versions()
      .row(/deleted after/)
      .waitFor();
    await versions().inlineAction(/deleted after/, "Restore This Version…");
    await window.answerDialog("Restore");
    await window.notification("Restored “src/data.json”").waitFor();
    assert.equal(existsSync(join(project?.folder ?? "", "src/data.json")), true);
  });

  it("follows the editor in front once it is let go", async () => {
    await window.clearNotifications();
    await versions().headerAction("Follow the Active Editor");
    await window.openFile("README.md");
    await versions().row("another file").waitFor();
    await window.page.getByText("README.md").first().waitFor();
    await versions().headerAction("Keep Showing This File");
    await window.openFile("app.js");
    await window.page.locator(".pane-header", { hasText: "README.md (kept)" }).waitFor();
  });

  it("is drawn in the colours of the theme", async () => {
    await window.runCommand("Preferences: Toggle between Light/Dark Themes");
    await window.page.locator(".monaco-workbench.vs, .monaco-workbench.vs-dark").waitFor();
    await window.screenshot("history-6-other-theme");
    await window.runCommand("Preferences: Color Theme");
    await window.quickInput.type("Dark High Contrast");
    await window.quickInput.choose("Dark High Contrast");
    await window.page.locator(".monaco-workbench.hc-black").waitFor();
    await window.screenshot("history-7-high-contrast");
  });
});
