import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import { Workbench } from "../support/workbench.ts";

describe("forks in the window", function () {
  this.timeout(180_000);
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    editor = await EditorWindow.start(project, { "forkpoint.openForks": "newWindow" });
    window = await editor.open();
    await window.openContainer("Forkpoint");
    await window.tree("Forks").row("demo").waitFor();
  });
  after(async () => {
    await editor?.dispose();
    await project?.dispose();
  });

  const forkFolder = async () => {
    const projects = (await project?.forkpoint("project", "list")) as { slug: string; path: string }[];
    return projects.find(({ slug }) => slug === "try-something")?.path;
  };

  it("open in a window of their own", async () => {
    const opening = window.page.context().waitForEvent("page");
    await window.tree("Forks").headerAction("Fork from Now…");
    await window.quickInput.opened();
    await window.quickInput.type("try-something");
    await window.quickInput.accept();
    const other = await Workbench.attach(await opening);
    await other.openContainer("Forkpoint");
    await other.tree("Timeline").row("Forked").waitFor();
    await other
      .tree("Forks")
      .row(/try-something.*this window/)
      .waitFor();
    await other.statusBarItem("try-something").waitFor();
    await other.screenshot("forks-1-new-window");
    await other.page.close();
    await window.page.bringToFront();
    await window.tree("Forks").row("try-something").waitFor();
    await window.screenshot("forks-2-tree");
    const folder = await forkFolder();
    assert.ok(folder);
    assert.match(readFileSync(join(folder, "README.md"), "utf8"), /^# Demo/);
  });

  it("are compared with this workspace, both as they stand", async () => {
    const folder = await forkFolder();
    assert.ok(folder);
    writeFileSync(join(folder, "README.md"), "# Tried something\n");
    writeFileSync(join(folder, "tried.txt"), "something\n");
    await window.tree("Forks").contextAction("try-something", "Compare Project with This Workspace…");
    const changes = window.tree("Changes");
    await changes.row("tried.txt").waitFor();
    await changes.row("README.md").click();
    await window.page.locator(".monaco-diff-editor").waitFor();
    await window.page.getByText("# Tried something").first().waitFor();
    await changes.row("tried.txt").hover();
    assert.equal(await changes.row("tried.txt").getByRole("button").count(), 0);
    await window.screenshot("forks-3-compared");
  });

  it("go away only for somebody who types their name", async () => {
    const folder = await forkFolder();
    assert.ok(folder);
    await window.tree("Forks").contextAction("try-something", "Delete Fork…");
    await window.quickInput.opened();
    await window.screenshot("forks-4-delete");
    await window.quickInput.type("something-else");
    await window.quickInput.accept();
    await window.quickInput.message.getByText("Type “try-something”").waitFor();
    assert.equal(existsSync(folder), true);
    await window.quickInput.type("try-something");
    await window.quickInput.accept();
    await window.tree("Forks").row("try-something").waitFor({ state: "detached" });
    assert.equal(existsSync(folder), false);
  });
});
