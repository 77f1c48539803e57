import assert from "node:assert/strict";
import { closeSync, ftruncateSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectInWindow } from "../support/projectInWindow.ts";

const gib = 2 ** 30;

describe("a file of 2 GiB", function () {
  this.timeout(180_000);

  const on = projectInWindow({
    prepare: async (project) => {
      await project.forkpoint("store", "pause");
      write("one version");
      await project.forkpoint("snapshot", "--label", "one disk");
      write("another version");
      await project.change("README.md", "# Demo\n\nWith a disk.\n");
      await project.forkpoint("snapshot", "--label", "another disk");
    },
  });
  before(async () => {
    await on.window.openContainer("Forkpoint");
    await timeline().row("another disk").waitFor();
  });

  const timeline = () => on.window.tree("Timeline");
  const changes = () => on.window.tree("Changes");
  const versions = () => on.window.tree("File History");
  const disk = () => join(on.project.folder, "disk.img");
  /** All but a few bytes are holes. */
  const write = (text: string) => {
    const file = openSync(disk(), "w");
    ftruncateSync(file, 2 * gib);
    writeSync(file, text, gib);
    closeSync(file);
  };
  const refused = (text: RegExp) => on.window.notification(text).waitFor();
  const tabs = () => on.window.editorTab(/./).count();

  it("is a row with its size among the changes, and says why it does not open", async () => {
    await timeline().row("another disk").click();
    await changes()
      .row(/disk\.img.*2 GB/)
      .click();
    await refused(/disk\.img was changed\. At 2 GB it is too large to show\. Its File History/);
    assert.equal(await tabs(), 0);
    await on.window.screenshot("large-1-change");
  });

  it("is left out where all changes are opened, which is said", async () => {
    await on.window.clearNotifications();
    await changes().headerAction("Open All Changes");
    await on.window.editorTab("one disk → another disk").waitFor();
    await on.window.page.getByText("With a disk.").first().waitFor();
    await on.window.statusBarItem(/1 change not shown here: large files$/).waitFor();
    await on.window.screenshot("large-2-all");
    await on.window.runCommand("View: Close All Editors");
  });

  it("does not open from the list of a snapshot's files", async () => {
    await timeline().contextAction("one disk", "Browse Snapshot Files…");
    await on.window.quickInput.choose("disk.img");
    await refused(/^(?!.*was changed).*disk\.img has 2 GB, which is too large to show\./);
    assert.equal(await tabs(), 0);
  });

  it("is told in its history, where no version opens or is compared", async () => {
    await on.window.clearNotifications();
    await on.window.openContainer("Explorer");
    await on.window.page.locator(".explorer-folders-view").getByText("disk.img").click({ button: "right" });
    await on.window.page.getByRole("menuitem", { name: "File History" }).hover();
    await on.window.page.waitForTimeout(500);
    await on.window.page.getByRole("menuitem", { name: "File History" }).click();
    await versions().row("another disk").waitFor();
    await versions().row("one disk").click();
    await refused(/disk\.img has 2 GB/);
    await on.window.clearNotifications();
    await versions().contextAction("another disk", "Compare Version with Previous");
    await refused(/disk\.img has 2 GB/);
    assert.equal(await tabs(), 0);
    await on.window.screenshot("large-3-history");
  });

  it("is copied out of a snapshot at once, and takes no room for it on the same pool", async () => {
    const target = join(dirname(on.project.folder), "disk.img");
    await versions().contextAction("one disk", "Save Version As…");
    await on.window.quickInput.opened();
    await on.window.screenshot("large-4-save");
    await on.window.quickInput.accept();
    await on.window.statusBarItem("Saved").waitFor();
    const { size, blocks } = statSync(target);
    assert.equal(size, 2 * gib);
    assert.ok(blocks * 512 < gib / 1024, `${blocks} blocks`);
    rmSync(target);
  });

  it("refuses the older side too, where the file is small now", async () => {
    await on.window.clearNotifications();
    await on.project.change("disk.img", "small\n");
    await timeline().inlineAction("another disk", "Compare with Now");
    await changes()
      .row(/disk\.img.*6 B/)
      .click();
    await refused(/disk\.img has 2 GB/);
    await changes().headerAction("Open All Changes");
    await refused(/None of these changes can be shown side by side/);
    assert.equal(await tabs(), 0);
    await on.window.screenshot("large-5-older-side");
  });
});
