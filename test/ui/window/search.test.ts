import assert from "node:assert/strict";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

describe("searching the timeline", function () {
  this.timeout(180_000);
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    await project.change("src/app.js", "second\n");
    await project.forkpoint("snapshot", "--label", "second version", "--pin");
    await project.change("README.md", "third\n");
    await project.forkpoint("snapshot", "--label", "third version", "--note", "Before the upgrade.");
    await project.change("README.md", "fourth\n");
    await project.forkpoint("snapshot", "--label", "fourth");
    editor = await EditorWindow.start(project);
    window = await editor.open();
    await window.openContainer("Forkpoint");
    await timeline().row("fourth").waitFor();
  });
  after(async () => {
    await editor?.dispose();
    await project?.dispose();
  });

  const timeline = () => window.tree("Timeline");
  const message = () => window.page.locator(".pane .message");
  const press = (key: string) => window.page.keyboard.press(key);
  const box = () => window.webview.getByRole("textbox", { name: "Search the timeline" });
  const list = () => window.webview.getByRole("listbox", { name: "Timeline, newest first" });
  const rows = () => list().getByRole("option");
  const status = () => window.webview.getByRole("search").getByRole("status");

  it("lists matches while one types, with what can be done with each", async () => {
    await window.runCommand("Forkpoint: Search Timeline…");
    await window.quickInput.row("fourth").first().waitFor();
    await window.quickInput.type("UPGRADE");
    await window.quickInput.row("fourth").waitFor({ state: "detached" });
    await window.quickInput.row("third version").first().waitFor();
    await window.quickInput.row("third version").first().hover();
    for (const action of ["Compare with Now", "Browse Snapshot Files…", "Restore Workspace…"]) {
      await window.quickInput.row("third version").getByRole("button", { name: action }).waitFor();
    }
    await window.screenshot("search-1-while-typing");
    await window.quickInput.type("nowhere to be found");
    await window.quickInput.row("No snapshot matches").waitFor();
    await window.screenshot("search-2-nothing");
  });

  it("filters the view by it, says so, and shows all again", async () => {
    await window.quickInput.type("path:README.md");
    await window.quickInput.row("third version").first().waitFor();
    await window.quickInput.row("show only these in the Timeline view").click();
    await message().filter({ hasText: "Filtered: path:README.md · 3 snapshots." }).waitFor();
    await timeline().row("second version").waitFor({ state: "detached" });
    await timeline().row("third version").waitFor();
    await window.screenshot("search-3-filtered-tree");
    await project?.change("README.md", "fifth\n");
    await project?.forkpoint("snapshot", "--label", "fifth");
    await timeline().row("fifth").waitFor();
    await message().filter({ hasText: "4 snapshots." }).waitFor();
    await timeline().headerAction("Clear Search");
    await timeline().row("second version").waitFor();
    await message().filter({ hasText: "Filtered" }).waitFor({ state: "hidden" });
  });

  it("has a box in the panel that keys alone reach, fill and leave", async () => {
    await window.runCommand("Forkpoint: Show Timeline Panel");
    await rows().filter({ hasText: "second version" }).click();
    await press("/");
    await window.page.keyboard.type("version cause:manual");
    await status().filter({ hasText: "2 snapshots" }).waitFor();
    assert.equal(await rows().count(), 2);
    await window.webview.getByRole("button", { name: "Remove cause: manual" }).waitFor();
    await window.screenshot("search-4-panel");
    await press("ArrowDown");
    assert.match((await window.focusedLabel()) ?? "", /^second version, /);
    await press("Control+f");
    await press("Escape");
    await rows().filter({ hasText: "Now" }).first().waitFor();
  });

  it("adds a cause from a list, takes it out by its chip, and says when nothing is there", async () => {
    await window.webview.getByRole("combobox", { name: "Made by" }).selectOption("import");
    await status().filter({ hasText: "1 snapshot" }).waitFor();
    await box().fill("no such thing cause:import");
    await window.webview.getByText("No snapshot matches what you look for.").waitFor();
    await window.screenshot("search-5-panel-nothing");
    await box().fill("before:lunch");
    await status().filter({ hasText: "“lunch” is no date" }).waitFor();
    await box().fill("cause:import");
    await window.webview.getByRole("button", { name: "Remove cause: import" }).click();
    await rows().filter({ hasText: "Now" }).first().waitFor();
  });
});
