import assert from "node:assert/strict";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

describe("snapshots in the tree", function () {
  this.timeout(180_000);
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    for (const version of ["first", "second", "third"]) {
      await project.change("src/app.js", `${version}\n`);
      await project.forkpoint("snapshot", "--label", version);
    }
    editor = await EditorWindow.start(project);
    window = await editor.open();
    await window.openContainer("Forkpoint");
    await tree().row("third").waitFor();
  });
  after(async () => {
    await editor?.dispose();
    await project?.dispose();
  });

  const tree = () => window.tree("Timeline");

  it("are renamed with F2", async () => {
    await tree().row("second").click();
    await window.page.keyboard.press("F2");
    await window.quickInput.opened();
    await window.quickInput.type("renamed");
    await window.quickInput.accept();
    await tree().row("renamed").waitFor();
  });

  it("are pinned from their menu", async () => {
    await tree().contextAction("renamed", "Pin Snapshot");
    await tree()
      .row(/renamed.*pinned/)
      .waitFor();
    await tree().row("renamed").click({ button: "right" });
    await window.page.getByRole("menuitem", { name: "Unpin Snapshot" }).waitFor();
    assert.equal(await window.page.getByRole("menuitem", { name: "Delete Snapshot…" }).count(), 0);
    await window.screenshot("snapshots-1-menu");
    await window.page.keyboard.press("Escape");
  });

  it("are deleted with Del, where Enter keeps them", async () => {
    await tree().row("first").click();
    await window.page.keyboard.press("Delete");
    await window.quickInput.titled("Delete “first”?").waitFor();
    await window.screenshot("snapshots-2-delete");
    await window.quickInput.accept();
    await window.quickInput.titled("Delete “first”?").waitFor({ state: "hidden" });
    await tree().row("first").click();
    await window.page.keyboard.press("Delete");
    await window.quickInput.choose("Delete snapshot");
    await tree().row("first").waitFor({ state: "detached" });
  });

  it("come back by the message's button, or from the list of what was done", async () => {
    await window.answerNotification(/Deleted “first”/, "Undo");
    await tree().row("first").waitFor();
    await window.clearNotifications();
    await tree().row("first").click();
    await window.page.keyboard.press("Delete");
    await window.quickInput.choose("Delete snapshot");
    await tree().row("first").waitFor({ state: "detached" });
    await window.runCommand("Forkpoint: Show What Was Done…");
    await window.quickInput.titled("What was done, newest first").waitFor();
    await window.screenshot("snapshots-4-operations");
    await window.quickInput.choose(/Deleted “first”.*Can be undone until/);
    await tree().row("first").waitFor();
  });

  it("are browsed without changing anything", async () => {
    await tree().contextAction("third", "Browse Snapshot Files…");
    await window.quickInput.choose("src");
    await window.quickInput.choose("app.js");
    await window.editorTab("app.js").waitFor();
    await window.editorText.getByText("third").waitFor();
    await window.screenshot("snapshots-3-browse");
  });
});
