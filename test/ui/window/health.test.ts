import assert from "node:assert/strict";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

describe("the health of a workspace", function () {
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

  it("shows in the status bar, with what one can do about it", async () => {
    await window.statusBarItem("demo").waitFor();
    await window.statusBarItem("demo").hover();
    await window.page.getByRole("tooltip").getByText("Every snapshot is in the store.").waitFor();
    await window.page.getByRole("tooltip").getByRole("link", { name: "Take Snapshot" }).waitFor();
    await window.screenshot("health-1-status-bar");
    await window.page.mouse.move(700, 300);
  });

  it("has a page with the store, the pool, the agent and the checks", async () => {
    await window.statusBarItem("demo").click();
    const page = window.webview;
    await page.getByRole("heading", { name: "Health of demo" }).waitFor();
    await page.getByRole("heading", { name: "Protected" }).waitFor();
    for (const name of ["Safe copy", "Pool", "Agent", "Checks: all is well", "Log"])
      await page.getByRole("heading", { name, exact: true }).waitFor();
    assert.match(
      (await page.getByRole("meter").first().getAttribute("aria-label")) ?? "",
      /^Space: .* free$/,
    );
    await window.screenshot("health-2-page");
  });

  it("says what is wrong when the agent was stopped, and mends it with one button", async () => {
    await window.webview.getByRole("button", { name: "Stop agent…" }).click();
    await window.quickInput.titled("Stop the Forkpoint agent?").waitFor();
    await window.quickInput.accept();
    await window.statusBarItem("demo").waitFor();
    await window.webview.getByRole("button", { name: "Stop agent…" }).click();
    await window.quickInput.choose("Stop the agent");
    await window.webview.getByRole("heading", { name: "Agent stopped" }).waitFor();
    await window.statusBarItem("Forkpoint: Agent stopped").waitFor();
    await window.screenshot("health-3-stopped");
    await window.webview.getByRole("button", { name: "Start Agent" }).click();
    await window.webview.getByRole("heading", { name: "Protected" }).waitFor();
  });
});
