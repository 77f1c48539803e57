import assert from "node:assert/strict";
import { projectInWindow } from "../support/projectInWindow.ts";

describe("searching the timeline", function () {
  this.timeout(180_000);

  const on = projectInWindow({
    prepare: async (project) => {
      await project.change("src/app.js", "second\n");
      await project.forkpoint("snapshot", "--label", "second version", "--pin");
      await project.change("README.md", "third\n");
      await project.forkpoint("snapshot", "--label", "third version", "--note", "Before the upgrade.");
      await project.change("README.md", "fourth\n");
      await project.forkpoint("snapshot", "--label", "fourth");
    },
  });
  before(async () => {
    await on.window.openContainer("Forkpoint");
    await timeline().row("fourth").waitFor();
  });

  const timeline = () => on.window.tree("Timeline");
  const message = () => on.window.page.locator(".pane .message");
  const press = (key: string) => on.window.page.keyboard.press(key);
  const box = () => on.window.webview.getByRole("textbox", { name: "Search the timeline" });
  const list = () => on.window.webview.getByRole("listbox", { name: "Timeline, newest first" });
  const rows = () => list().getByRole("option");
  const status = () => on.window.webview.getByRole("search").getByRole("status");

  it("lists matches while one types, with what can be done with each", async () => {
    await on.window.runCommand("Forkpoint: Search Timeline…");
    await on.window.quickInput.row("fourth").first().waitFor();
    await on.window.quickInput.type("UPGRADE");
    await on.window.quickInput.row("fourth").waitFor({ state: "detached" });
    await on.window.quickInput.row("third version").first().waitFor();
    await on.window.quickInput.row("third version").first().hover();
    for (const action of ["Compare with Now", "Browse Snapshot Files…", "Restore Workspace…"]) {
      await on.window.quickInput.row("third version").getByRole("button", { name: action }).waitFor();
    }
    await on.window.screenshot("search-1-while-typing");
    await on.window.quickInput.type("nowhere to be found");
    await on.window.quickInput.row("No snapshot matches").waitFor();
    await on.window.screenshot("search-2-nothing");
  });

  it("filters the view by it, says so, and shows all again", async () => {
    await on.window.quickInput.type("path:README.md");
    await on.window.quickInput.row("third version").first().waitFor();
    await on.window.quickInput.row("show only these in the Timeline view").click();
    await message().filter({ hasText: "Filtered: path:README.md · 3 snapshots." }).waitFor();
    await timeline().row("second version").waitFor({ state: "detached" });
    await timeline().row("third version").waitFor();
    await on.window.screenshot("search-3-filtered-tree");
    await on.project.change("README.md", "fifth\n");
    await on.project.forkpoint("snapshot", "--label", "fifth");
    await timeline().row("fifth").waitFor();
    await message().filter({ hasText: "4 snapshots." }).waitFor();
    await timeline().headerAction("Clear Search");
    await timeline().row("second version").waitFor();
    await message().filter({ hasText: "Filtered" }).waitFor({ state: "hidden" });
  });

  it("has a box in the panel that keys alone reach, fill and leave", async () => {
    await on.window.runCommand("Forkpoint: Show Timeline Panel");
    await rows().filter({ hasText: "second version" }).click();
    await press("/");
    await on.window.page.keyboard.type("version cause:manual");
    await status().filter({ hasText: "2 snapshots" }).waitFor();
    assert.equal(await rows().count(), 2);
    await on.window.webview.getByRole("button", { name: "Remove cause: manual" }).waitFor();
    await on.window.screenshot("search-4-panel");
    await press("ArrowDown");
    assert.match((await on.window.focusedLabel()) ?? "", /^second version, /);
    await press("Control+f");
    await press("Escape");
    await rows().filter({ hasText: "Now" }).first().waitFor();
  });

  it("adds a cause from a list, takes it out by its chip, and says when nothing is there", async () => {
    await on.window.webview.getByRole("combobox", { name: "Made by" }).selectOption("import");
    await status().filter({ hasText: "1 snapshot" }).waitFor();
    await box().fill("no such thing cause:import");
    await on.window.webview.getByText("No snapshot matches what you look for.").waitFor();
    await on.window.screenshot("search-5-panel-nothing");
    await box().fill("before:lunch");
    await status().filter({ hasText: "“lunch” is no date" }).waitFor();
    await box().fill("cause:import");
    await on.window.webview.getByRole("button", { name: "Remove cause: import" }).click();
    await rows().filter({ hasText: "Now" }).first().waitFor();
  });
});
