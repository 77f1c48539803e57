import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

describe("windows on several folders, and on none", function () {
  this.timeout(600_000);
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let other: string;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    other = mkdtempSync(join(tmpdir(), "folders-"));
    mkdirSync(join(other, "plain"));
    writeFileSync(join(other, "plain", "plain.txt"), "in no project\n");
    const folders = [{ path: join(other, "plain") }, { path: project.folder }];
    writeFileSync(join(other, "two.code-workspace"), JSON.stringify({ folders }));
    editor = await EditorWindow.start(project);
  });
  after(async () => {
    await editor?.dispose();
    await project?.dispose();
    rmSync(other, { recursive: true, force: true });
  });

  const open = async (folder: string | null) => {
    assert.ok(editor);
    window = await editor.open(folder);
    await window.openContainer("Forkpoint");
  };

  it("show the timeline of the folder that has one", async () => {
    await open(join(other, "two.code-workspace"));
    await window.tree("Timeline").row("Imported").waitFor();
    await window.statusBarItem("demo").waitFor();
    await window.screenshot("several-folders");
  });

  it("take a snapshot of that one, and say of a file of the other that it is in no project", async () => {
    await project?.change("src/app.js", "from a window on two folders\n");
    await window.tree("Timeline").headerAction("Take Snapshot");
    await window.quickInput.opened();
    await window.quickInput.type("of two folders");
    await window.quickInput.accept();
    await window
      .tree("Timeline")
      .row(/of two folders.*current/)
      .waitFor();
    await window.openFile("plain.txt");
    await window.tree("File History").expand();
    await window.tree("File History").welcome.waitFor();
    await window.runCommand("Forkpoint: File History");
    await window.notification(/plain\.txt/).waitFor();
  });

  it("ask for a folder where none is open, and offer what works without one", async () => {
    await open(null);
    const { welcome } = window.tree("Timeline");
    await welcome.getByRole("button", { name: "Open Folder" }).waitFor();
    assert.match((await welcome.textContent()) ?? "", /Forkpoint needs a folder to look after\./);
    assert.equal(await window.statusBarItem("Forkpoint").count(), 0);
    const palette = await window.openCommandPalette("Forkpoint: ");
    const labels = await palette.labels(/^Forkpoint: /);
    assert.ok(labels.includes("Forkpoint: Common Problems"), labels.join(", "));
    assert.ok(!labels.includes("Forkpoint: Take Snapshot"), labels.join(", "));
    await palette.dismiss();
    await window.screenshot("no-folder");
  });
});

describe("a window on a folder that nobody trusts", function () {
  this.timeout(600_000);
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    await project.change("src/app.js", "second\n");
    await project.forkpoint("snapshot", "--label", "second version");
    editor = await EditorWindow.start(project, {}, { restricted: true });
    window = await editor.open();
    await window.openContainer("Forkpoint");
  });
  after(async () => {
    await editor?.dispose();
    await project?.dispose();
  });

  const timeline = () => window.tree("Timeline");
  const entries = async () => ((await project?.forkpoint("log")) as unknown[]).length;

  it("shows the timeline, and says why it does no more", async () => {
    await window.statusBarItem("Restricted Mode").waitFor();
    await timeline().row("second version").waitFor();
    await window.page.getByText("Restricted Mode: snapshots can be looked at").first().waitFor();
    await window.screenshot("restricted-1-timeline");
  });

  it("lets one see what a snapshot changed", async () => {
    await timeline().row("second version").click();
    await window.tree("Changes").row("app.js").waitFor();
    await window.tree("Changes").row("app.js").click();
    await window.editorTab("app.js (Imported → second version)").waitFor();
    await window.screenshot("restricted-2-compare");
  });

  it("neither takes nor restores a snapshot, by palette, row or key", async () => {
    const before = await entries();
    await project?.change("src/app.js", "not to be kept\n");
    for (const title of ["Take Snapshot", "Restore Workspace…", "Fork from Now…"]) {
      const palette = await window.openCommandPalette("Forkpoint: Show Health");
      await palette.type(`>Forkpoint: ${title}`);
      await palette
        .row(/No matching commands|similar commands/)
        .or(palette.row("Forkpoint: "))
        .first()
        .waitFor();
      const labels = await palette.labels(/./);
      assert.ok(!labels.includes(`Forkpoint: ${title}`), labels.join(", "));
      await palette.dismiss();
    }
    await timeline().row("second version").click();
    await window.page.keyboard.press("Delete");
    await window.page.keyboard.press("F2");
    assert.equal(await entries(), before);
  });

  it("does both once the folder is trusted", async () => {
    await window.runCommand("Forkpoint: Manage Workspace Trust");
    await window.page.getByRole("button", { name: "Trust", exact: true }).first().click();
    await window.statusBarItem("Restricted Mode").waitFor({ state: "detached" });
    const modal = window.page.locator(".monaco-modal-editor-block");
    await modal
      .getByRole("button", { name: /^Close/ })
      .first()
      .click();
    await modal.waitFor({ state: "detached" });
    await timeline().headerAction("Take Snapshot");
    await window.quickInput.opened();
    await window.quickInput.type("of a trusted folder");
    await window.quickInput.accept();
    await timeline()
      .row(/of a trusted folder.*current/)
      .waitFor();
  });
});
