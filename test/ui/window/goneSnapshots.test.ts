import assert from "node:assert/strict";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { entryNamed } from "../../support/entryNamed.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

describe("a snapshot that goes while it is open", function () {
  this.timeout(240_000);
  let project: DemoProject;
  let made: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    made = project = await makeDemoProject();
    // What is on its way to the store stays whatever the rules of retention say.
    await project.forkpoint("store", "pause");
    for (const version of ["first", "second", "third", "fourth"]) {
      await project.change("src/app.js", `${version}\n`);
      await project.change("src/other.js", `${version}, too\n`);
      await project.forkpoint("snapshot", "--label", version);
    }
    editor = await EditorWindow.start(project);
    window = await editor.open();
    await window.openContainer("Forkpoint");
    await timeline().row("fourth").waitFor();
  });
  after(async () => {
    await editor?.dispose();
    await made?.dispose();
  });

  const timeline = () => window.tree("Timeline");
  const changes = () => window.tree("Changes");
  const struckOut = () => window.editorTab("app.js").locator(".monaco-icon-label.strikethrough");
  const deleteByCommand = async (label: string) =>
    project.forkpoint("delete", (await entryNamed(project, label)).snapshotId);
  const browse = async (label: string) => {
    await timeline().contextAction(label, "Browse Snapshot Files…");
    await window.quickInput.choose("src");
    await window.quickInput.choose("app.js");
    await window.editorTab("app.js").waitFor();
    await window.editorText.getByText(label).waitFor();
  };

  it("is said at the tab of its file and in a message; what is read stays", async () => {
    await browse("second");
    await deleteByCommand("second");
    await window.notification(/“second” was deleted.*It is open here/).waitFor();
    await struckOut().waitFor();
    await timeline().row("second").waitFor({ state: "detached" });
    await window.editorText.getByText("second").waitFor();
    await window.screenshot("gone-1-file");
  });

  it("leaves an editor that waits in a window that is loaded again, and fills it when it is brought back", async () => {
    await window.reload();
    await window.page.getByText("the file was not found").waitFor();
    await window.notification(/“second” was deleted.*It is open here/).waitFor();
    await window.screenshot("gone-2-loaded-again");
    await window.answerNotification(/“second” was deleted/, "Undo");
    await timeline().row("second").waitFor();
    await window.editorText.getByText("second").waitFor();
    assert.equal(await struckOut().count(), 0);
    await window.screenshot("gone-3-back");
  });

  it("is said by the Changes view; what is open of it stays, and the rest is refused with a reason", async () => {
    await window.clearNotifications();
    await window.runCommand("View: Close All Editors");
    await timeline().row("third").click();
    await changes().row("app.js").click();
    await window.editorTab(/app\.js \(second → third\)/).waitFor();
    await deleteByCommand("second");
    await window.notification(/“second” was deleted/).waitFor();
    await changes().pane.getByText("“second” was deleted; its files cannot be opened any more.").waitFor();
    await window.page.locator(".monaco-diff-editor .view-lines").getByText("second").waitFor();
    await window.screenshot("gone-4-changes");
    await window.clearNotifications();
    await changes().row("other.js").click();
    await window
      .notification(/The snapshot "second" was deleted\. What was deleted of late can be brought back\./)
      .waitFor();
    await window.screenshot("gone-5-refused");
    await window.answerNotification(/What was deleted of late/, "Show What Was Done…");
    await window.quickInput.choose(/Deleted “second”/);
    await timeline().row("second").waitFor();
    await changes().pane.getByText("“second” was deleted").waitFor({ state: "detached" });
    await changes().row("other.js").click();
    await window.editorTab(/other\.js \(second → third\)/).waitFor();
    await window.page.locator(".monaco-diff-editor .view-lines").getByText("second, too").waitFor();
    await window.screenshot("gone-6-works-again");
  });

  it("is said once where one deleted it in this window", async () => {
    await window.clearNotifications();
    await browse("second");
    await timeline().row("second").click();
    await window.page.keyboard.press("Delete");
    await window.quickInput.choose("Delete snapshot");
    await struckOut().waitFor();
    await window.notification(/Deleted “second”/).waitFor();
    assert.equal(await window.notification(/It is open here/).count(), 0);
    await window.screenshot("gone-7-own");
    await window.answerNotification(/Deleted “second”/, "Undo");
    await struckOut().waitFor({ state: "detached" });
  });

  it("is said to be retention's doing where it is", async () => {
    await browse("first");
    await project.forkpoint(
      ..."retention --latest 2 --hours 0 --days 0 --weeks 0 --months 0 --no-named".split(" "),
    );
    await window.notification(/Retention took the snapshot “first”/).waitFor();
    await struckOut().waitFor();
    await window.screenshot("gone-8-retention");
    await window.answerNotification(/Retention took the snapshot “first”/, "Undo");
    await timeline().row("first").waitFor();
    await struckOut().waitFor({ state: "detached" });
  });

  it("refuses the files of a list that is still open", async () => {
    await timeline().contextAction("third", "Browse Snapshot Files…");
    await window.quickInput.choose("src");
    await window.quickInput.row("app.js").waitFor();
    await deleteByCommand("third");
    await timeline().row("third").waitFor({ state: "detached" });
    await window.quickInput.choose("app.js");
    await window.notification(/The snapshot "third" was deleted\./).waitFor();
    await window.screenshot("gone-9-list");
  });

  it("is said by a window on its folder, until it is brought back", async () => {
    await window.clearNotifications();
    await project.change("src/app.js", "fifth\n");
    await project.forkpoint("snapshot", "--label", "fifth");
    const entry = await entryNamed(project, "fourth");
    const other = await editor?.open(entry.path);
    assert.ok(other);
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
    await window.runCommand("Forkpoint: Show What Was Done…");
    await window.quickInput.choose(/Deleted “fourth”/);
    await welcome.getByText("This window shows a snapshot").waitFor();
  });
});
