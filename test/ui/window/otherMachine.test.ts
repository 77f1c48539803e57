import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stages, type WindowStage } from "../../editor/support/windows.ts";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { forkpointJson } from "../../support/forkpointCli.ts";
import { makePool } from "../../support/makePool.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import { Workbench } from "../support/workbench.ts";

/** Another home with a pool of its own stands for the other machine; the store is what the two share. */
describe("a project on another machine", function () {
  this.timeout(180_000);
  let project: DemoProject | undefined;
  let other: WindowStage | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    await project.change("src/app.js", "made here\n");
    await project.forkpoint("snapshot", "--label", "ready to travel");
    await project.forkpoint("push", "--wait");
    other = await stages.bare();
    const { folder, home } = other;
    await makePool({ home, image: `${folder}.img`, mib: 2048, mount: `${folder}-pool` });
    editor = await EditorWindow.start(other);
    window = await editor.open();
    await window.statusBarItem("Forkpoint: No timeline").waitFor();
  });
  after(async () => {
    await editor?.dispose();
    await other?.dispose();
    await project?.dispose();
  });

  it("needs the store to be set there, a folder for example", async () => {
    await window.runCommand("Forkpoint: Set Store…");
    await window.quickInput.choose("Folder");
    await window.quickInput.titled("Set store (2 of 2)").waitFor();
    await window.quickInput.type("not/absolute");
    await window.quickInput.message.getByText("Type an absolute path.").waitFor();
    await window.quickInput.type(join(dirname(project?.home ?? ""), "store"));
    await window.quickInput.accept();
    await window.notification("The store is set.").waitFor();
  });

  it("is rebuilt from it, with its files, under the name of the snapshot", async () => {
    await window.runCommand("Forkpoint: Pull Project from Store…");
    await window.quickInput.titled("Pull which project?").waitFor();
    await window.screenshot("other-machine-1-projects");
    await window.quickInput.choose("demo");
    await window.quickInput.titled("Pull which state of “demo”?").waitFor();
    await window.quickInput.row("ready to travel").first().waitFor();
    await window.screenshot("other-machine-2-states");
    await window.quickInput.choose("The newest state");
    await window.quickInput.titled("Pull “demo”").waitFor();
    await window.quickInput.accept();
    await window.notification("“demo” is here").waitFor();
    const opening = window.page.context().waitForEvent("page");
    await window.answerNotification("“demo” is here", "Open in New Window");
    const opened = await Workbench.attach(await opening);
    window = opened;
    await opened.openContainer("Forkpoint");
    await opened.tree("Timeline").row("ready to travel").waitFor();
    await opened.statusBarItem("demo").waitFor();
    await opened.screenshot("other-machine-3-opened");
    const { home = "" } = other ?? {};
    const [pulled] = (await forkpointJson(["project", "list"], { home })) as { path: string }[];
    assert.equal(readFileSync(join(pulled?.path ?? "", "src/app.js"), "utf8"), "made here\n");
  });
});
