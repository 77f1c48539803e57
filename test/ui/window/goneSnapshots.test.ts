import assert from "node:assert/strict";
import { entryNamed } from "../../support/entryNamed.ts";
import { projectInWindow } from "../support/projectInWindow.ts";

describe("a snapshot that goes while it is open", function () {
  this.timeout(240_000);

  const on = projectInWindow({
    prepare: async (project) => {
      // What is on its way to the store stays whatever the rules of retention say.
      await project.forkpoint("store", "pause");
      for (const version of ["first", "second", "third", "fourth"]) {
        await project.change("src/app.js", `${version}\n`);
        await project.change("src/other.js", `${version}, too\n`);
        await project.forkpoint("snapshot", "--label", version);
      }
    },
  });
  before(async () => {
    await on.window.openContainer("Forkpoint");
    await timeline().row("fourth").waitFor();
  });

  const timeline = () => on.window.tree("Timeline");
  const changes = () => on.window.tree("Changes");
  const struckOut = () => on.window.editorTab("app.js").locator(".monaco-icon-label.strikethrough");
  const deleteByCommand = async (label: string) =>
    on.project.forkpoint("delete", (await entryNamed(on.project, label)).snapshotId);
  const browse = async (label: string) => {
    await timeline().contextAction(label, "Browse Snapshot Files…");
    await on.window.quickInput.choose("src");
    await on.window.quickInput.choose("app.js");
    await on.window.editorTab("app.js").waitFor();
    await on.window.editorText.getByText(label).waitFor();
  };

  it("is said at the tab of its file and in a message; what is read stays", async () => {
    await browse("second");
    await deleteByCommand("second");
    await on.window.notification(/“second” was deleted.*It is open here/).waitFor();
    await struckOut().waitFor();
    await timeline().row("second").waitFor({ state: "detached" });
    await on.window.editorText.getByText("second").waitFor();
    await on.window.screenshot("gone-1-file");
  });

  it("leaves an editor that waits in a window that is loaded again, and fills it when it is brought back", async () => {
    await on.window.reload();
    await on.window.page.getByText("the file was not found").waitFor();
    await on.window.notification(/“second” was deleted.*It is open here/).waitFor();
    await on.window.screenshot("gone-2-loaded-again");
    await on.window.answerNotification(/“second” was deleted/, "Undo");
    await timeline().row("second").waitFor();
    await on.window.editorText.getByText("second").waitFor();
    assert.equal(await struckOut().count(), 0);
    await on.window.screenshot("gone-3-back");
  });

  it("is said by the Changes view; what is open of it stays, and the rest is refused with a reason", async () => {
    await on.window.clearNotifications();
    await on.window.runCommand("View: Close All Editors");
    await timeline().row("third").click();
    await changes().row("app.js").click();
    await on.window.editorTab(/app\.js \(second → third\)/).waitFor();
    await deleteByCommand("second");
    await on.window.notification(/“second” was deleted/).waitFor();
    await changes().pane.getByText("“second” was deleted; its files cannot be opened any more.").waitFor();
    await on.window.page.locator(".monaco-diff-editor .view-lines").getByText("second").waitFor();
    await on.window.screenshot("gone-4-changes");
    await on.window.clearNotifications();
    await changes().row("other.js").click();
    await on.window
      .notification(/The snapshot "second" was deleted\. What was deleted of late can be brought back\./)
      .waitFor();
    await on.window.screenshot("gone-5-refused");
    await on.window.answerNotification(/What was deleted of late/, "Show What Was Done…");
    await on.window.quickInput.choose(/Deleted “second”/);
    await timeline().row("second").waitFor();
    await changes().pane.getByText("“second” was deleted").waitFor({ state: "detached" });
    await changes().row("other.js").click();
    await on.window.editorTab(/other\.js \(second → third\)/).waitFor();
    await on.window.page.locator(".monaco-diff-editor .view-lines").getByText("second, too").waitFor();
    await on.window.screenshot("gone-6-works-again");
  });

  it("is said once where one deleted it in this window", async () => {
    await on.window.clearNotifications();
    await browse("second");
    await timeline().row("second").click();
    await on.window.page.keyboard.press("Delete");
    await on.window.quickInput.choose("Delete snapshot");
    await struckOut().waitFor();
    await on.window.notification(/Deleted “second”/).waitFor();
    assert.equal(await on.window.notification(/It is open here/).count(), 0);
    await on.window.screenshot("gone-7-own");
    await on.window.answerNotification(/Deleted “second”/, "Undo");
    await struckOut().waitFor({ state: "detached" });
  });

  it("is said to be retention's doing where it is", async () => {
    await browse("first");
    await on.project.forkpoint(
      ..."retention --latest 2 --hours 0 --days 0 --weeks 0 --months 0 --no-named".split(" "),
    );
    await on.window.notification(/Retention took the snapshot “first”/).waitFor();
    await struckOut().waitFor();
    await on.window.screenshot("gone-8-retention");
    await on.window.answerNotification(/Retention took the snapshot “first”/, "Undo");
    await timeline().row("first").waitFor();
    await struckOut().waitFor({ state: "detached" });
  });

  it("refuses the files of a list that is still open", async () => {
    await timeline().contextAction("third", "Browse Snapshot Files…");
    await on.window.quickInput.choose("src");
    await on.window.quickInput.row("app.js").waitFor();
    await deleteByCommand("third");
    await timeline().row("third").waitFor({ state: "detached" });
    await on.window.quickInput.choose("app.js");
    await on.window.notification(/The snapshot "third" was deleted\./).waitFor();
    await on.window.screenshot("gone-9-list");
  });

  it("is said by a window on its folder, until it is brought back", async () => {
    await on.window.clearNotifications();
    await on.project.change("src/app.js", "fifth\n");
    await on.project.forkpoint("snapshot", "--label", "fifth");
    const entry = await entryNamed(on.project, "fourth");
    const other = await on.editor.open(entry.path);
    await other.openContainer("Forkpoint");
    const { welcome } = other.tree("Timeline");
    await welcome.getByText("This window shows a snapshot").waitFor();
    await other.openFile("app.js");
    await other.editorText.getByText("fourth").waitFor();
    await other.screenshot("gone-10-folder");
    await deleteByCommand("fourth");
    await welcome.getByText("was deleted").waitFor();
    await other.screenshot("gone-11-folder-gone");
    await other.editorText.getByText("fourth").waitFor();
    await on.window.runCommand("Forkpoint: Show What Was Done…");
    await on.window.quickInput.choose(/Deleted “fourth”/);
    await welcome.getByText("This window shows a snapshot").waitFor();
  });
});
