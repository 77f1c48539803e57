import assert from "node:assert/strict";
import { closeSync, ftruncateSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

const gib = 2 ** 30;

describe("a file of 2 GiB", function () {
  this.timeout(180_000);
  let project: DemoProject;
  let made: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    made = project = await makeDemoProject();
    await project.forkpoint("store", "pause");
    write("one version");
    await project.forkpoint("snapshot", "--label", "one disk");
    write("another version");
    await project.change("README.md", "# Demo\n\nWith a disk.\n");
    await project.forkpoint("snapshot", "--label", "another disk");
    editor = await EditorWindow.start(project);
    window = await editor.open();
    await window.openContainer("Forkpoint");
    await timeline().row("another disk").waitFor();
  });
  after(async () => {
    await editor?.dispose();
    await made?.dispose();
  });

  const timeline = () => window.tree("Timeline");
  const changes = () => window.tree("Changes");
  const versions = () => window.tree("File History");
  const disk = () => join(project.folder, "disk.img");
  /** All but a few bytes are holes. */
  const write = (text: string) => {
    const file = openSync(disk(), "w");
    ftruncateSync(file, 2 * gib);
    writeSync(file, text, gib);
    closeSync(file);
  };
  const refused = (text: RegExp) => window.notification(text).waitFor();
  const tabs = () => window.editorTab(/./).count();

  it("is a row with its size among the changes, and says why it does not open", async () => {
    await timeline().row("another disk").click();
    await changes()
      .row(/disk\.img.*2 GB/)
      .click();
    await refused(/disk\.img was changed\. At 2 GB it is too large to show\. Its File History/);
    assert.equal(await tabs(), 0);
    await window.screenshot("large-1-change");
  });

  it("is left out where all changes are opened, which is said", async () => {
    await window.clearNotifications();
    await changes().headerAction("Open All Changes");
    await window.editorTab("one disk → another disk").waitFor();
    await window.page.getByText("With a disk.").first().waitFor();
    await window.statusBarItem(/1 change not shown here: large files$/).waitFor();
    await window.screenshot("large-2-all");
    await window.runCommand("View: Close All Editors");
  });

  it("does not open from the list of a snapshot's files", async () => {
    await timeline().contextAction("one disk", "Browse Snapshot Files…");
    await window.quickInput.choose("disk.img");
    await refused(/^(?!.*was changed).*disk\.img has 2 GB, which is too large to show\./);
    assert.equal(await tabs(), 0);
  });

  it("is told in its history, where no version opens or is compared", async () => {
    await window.clearNotifications();
    await window.openContainer("Explorer");
    await window.page.locator(".explorer-folders-view").getByText("disk.img").click({ button: "right" });
    await window.page.getByRole("menuitem", { name: "File History" }).hover();
    await window.page.waitForTimeout(500);
    await window.page.getByRole("menuitem", { name: "File History" }).click();
    await versions().row("another disk").waitFor();
    await versions().row("one disk").click();
    await refused(/disk\.img has 2 GB/);
    await window.clearNotifications();
    await versions().contextAction("another disk", "Compare Version with Previous");
    await refused(/disk\.img has 2 GB/);
    assert.equal(await tabs(), 0);
    await window.screenshot("large-3-history");
  });

  it("is copied out of a snapshot at once, and takes no room for it on the same pool", async () => {
    const target = join(dirname(project.folder), "disk.img");
    await versions().contextAction("one disk", "Save Version As…");
    await window.quickInput.opened();
    await window.screenshot("large-4-save");
    await window.quickInput.accept();
    await window.statusBarItem("Saved").waitFor();
    const { size, blocks } = statSync(target);
    assert.equal(size, 2 * gib);
    assert.ok(blocks * 512 < gib / 1024, `${blocks} blocks`);
    rmSync(target);
  });

  it("refuses the older side too, where the file is small now", async () => {
    await window.clearNotifications();
    await project.change("disk.img", "small\n");
    await timeline().inlineAction("another disk", "Compare with Now");
    await changes()
      .row(/disk\.img.*6 B/)
      .click();
    await refused(/disk\.img has 2 GB/);
    await changes().headerAction("Open All Changes");
    await refused(/None of these changes can be shown side by side/);
    assert.equal(await tabs(), 0);
    await window.screenshot("large-5-older-side");
  });
});
