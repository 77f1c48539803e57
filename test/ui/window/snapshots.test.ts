import assert from "node:assert/strict";
import { projectInWindow } from "../support/projectInWindow.ts";

describe("snapshots in the tree", function () {
  this.timeout(180_000);

  const on = projectInWindow({
    prepare: async (project) => {
      for (const version of ["first", "second", "third"]) {
        await project.change("src/app.js", `${version}\n`);
        await project.forkpoint("snapshot", "--label", version);
      }
    },
  });
  before(async () => {
    await on.window.openContainer("Forkpoint");
    await tree().row("third").waitFor();
  });

  const tree = () => on.window.tree("Timeline");

  it("are renamed with F2", async () => {
    await tree().row("second").click();
    await on.window.page.keyboard.press("F2");
    await on.window.quickInput.opened();
    await on.window.quickInput.type("renamed");
    await on.window.quickInput.accept();
    await tree().row("renamed").waitFor();
  });

  it("are pinned from their menu", async () => {
    await tree().contextAction("renamed", "Pin Snapshot");
    await tree()
      .row(/renamed.*pinned/)
      .waitFor();
    await tree().row("renamed").click({ button: "right" });
    await on.window.page.getByRole("menuitem", { name: "Unpin Snapshot" }).waitFor();
    assert.equal(await on.window.page.getByRole("menuitem", { name: "Delete Snapshot…" }).count(), 0);
    await on.window.screenshot("snapshots-1-menu");
    await on.window.page.keyboard.press("Escape");
  });

  it("are deleted with Del, where Enter keeps them", async () => {
    await tree().row("first").click();
    await on.window.page.keyboard.press("Delete");
    await on.window.quickInput.titled("Delete “first”?").waitFor();
    await on.window.screenshot("snapshots-2-delete");
    await on.window.quickInput.accept();
    await on.window.quickInput.titled("Delete “first”?").waitFor({ state: "hidden" });
    await tree().row("first").click();
    await on.window.page.keyboard.press("Delete");
    await on.window.quickInput.choose("Delete snapshot");
    await tree().row("first").waitFor({ state: "detached" });
  });

  it("come back by the message's button, or from the list of what was done", async () => {
    await on.window.answerNotification(/Deleted “first”/, "Undo");
    await tree().row("first").waitFor();
    await on.window.clearNotifications();
    await tree().row("first").click();
    await on.window.page.keyboard.press("Delete");
    await on.window.quickInput.choose("Delete snapshot");
    await tree().row("first").waitFor({ state: "detached" });
    await on.window.runCommand("Forkpoint: Show What Was Done…");
    await on.window.quickInput.titled("What was done, newest first").waitFor();
    await on.window.screenshot("snapshots-4-operations");
    await on.window.quickInput.choose(/Deleted “first”.*Can be undone until/);
    await tree().row("first").waitFor();
  });

  it("are browsed without changing anything", async () => {
    await tree().contextAction("third", "Browse Snapshot Files…");
    await on.window.quickInput.choose("src");
    await on.window.quickInput.choose("app.js");
    await on.window.editorTab("app.js").waitFor();
    await on.window.editorText.getByText("third").waitFor();
    await on.window.screenshot("snapshots-3-browse");
  });
});
