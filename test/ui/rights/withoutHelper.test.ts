import { stages, type WindowStage } from "../../editor/support/windows.ts";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

describe("the window of an ordinary user without the helper", function () {
  this.timeout(180_000);
  let stage: WindowStage | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    stage = await stages.bare();
    editor = await EditorWindow.start(stage);
    window = await editor.open();
    await window.openContainer("Forkpoint");
  });
  after(async () => {
    await editor?.dispose();
    await stage?.dispose();
  });

  it("offers to set it up where others are asked for a pool", async () => {
    const { welcome } = window.tree("Timeline");
    await welcome.getByRole("button", { name: "Set Up Helper…" }).waitFor();
    await welcome.getByText("only root can make one").waitFor();
    await window.screenshot("without-helper-1-welcome");
  });

  it("says what would be installed, why, and how it is taken back, before anything is done", async () => {
    await window.tree("Timeline").welcome.getByRole("button", { name: "Set Up Helper…" }).click();
    for (const text of ["Linux lets only root", "/usr/local/lib/forkpoint", "sudo ", "--remove"]) {
      await window.dialog.getByText(text).first().waitFor();
    }
    await window.screenshot("without-helper-2-question");
    await window.answerDialog("Read More");
    await window.editorTab("helper.md").waitFor();
    await window.webview.getByRole("heading", { name: "The helper" }).waitFor();
    await window.screenshot("without-helper-3-page");
  });

  it("leads from Create Pool to the same place", async () => {
    await window.runCommand("Forkpoint: Create Pool…");
    await window.answerNotification("Only root can make a pool.", "Set Up Helper…");
    await window.dialog.getByText("Set up the helper").waitFor();
    await window.answerDialog("Cancel");
  });
});

describe("a project of an ordinary user without the helper", function () {
  this.timeout(180_000);
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    await project.forkpoint("push", "--wait");
    editor = await EditorWindow.start(project);
    window = await editor.open();
  });
  after(async () => {
    await editor?.dispose();
    await project?.dispose();
  });

  it("works, and the status bar says what is lost and mends it", async () => {
    await window.statusBarItem("demo").waitFor();
    await window.statusBarItem("demo").hover();
    await window.page.getByRole("tooltip").getByRole("link", { name: "Set Up Helper" }).waitFor();
    await window.screenshot("without-helper-4-status-bar");
    await window.page.mouse.move(700, 300);
  });

  it("has a health page with everything that is lost", async () => {
    await window.statusBarItem("demo").click();
    for (const text of [
      "Pools cannot be made or mounted.",
      "Files of other users",
      "walk through all files",
    ]) {
      await window.webview.getByText(text).first().waitFor();
    }
    await window.screenshot("without-helper-5-health");
  });
});
