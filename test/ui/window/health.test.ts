import assert from "node:assert/strict";
import { projectInWindow } from "../support/projectInWindow.ts";

describe("the health of a workspace", function () {
  this.timeout(180_000);

  const on = projectInWindow({
    prepare: async (project) => {
      await project.forkpoint("push", "--wait");
    },
  });

  it("shows in the status bar, with what one can do about it", async () => {
    await on.window.statusBarItem("demo").waitFor();
    await on.window.statusBarItem("demo").hover();
    await on.window.page.getByRole("tooltip").getByText("Every snapshot is in the store.").waitFor();
    await on.window.page.getByRole("tooltip").getByRole("link", { name: "Take Snapshot" }).waitFor();
    await on.window.screenshot("health-1-status-bar");
    await on.window.page.mouse.move(700, 300);
  });

  it("has a page with the store, the pool, the agent and the checks", async () => {
    await on.window.statusBarItem("demo").click();
    const page = on.window.webview;
    await page.getByRole("heading", { name: "Health of demo" }).waitFor();
    await page.getByRole("heading", { name: "Protected" }).waitFor();
    for (const name of ["Safe copy", "Pool", "Agent", "Checks: all is well", "Log"])
      await page.getByRole("heading", { name, exact: true }).waitFor();
    assert.match(
      (await page.getByRole("meter").first().getAttribute("aria-label")) ?? "",
      /^Space: .* free$/,
    );
    await on.window.screenshot("health-2-page");
  });

  it("says what is wrong when the agent was stopped, and mends it with one button", async () => {
    await on.window.webview.getByRole("button", { name: "Stop agent…" }).click();
    await on.window.quickInput.titled("Stop the Forkpoint agent?").waitFor();
    await on.window.quickInput.accept();
    await on.window.statusBarItem("demo").waitFor();
    await on.window.webview.getByRole("button", { name: "Stop agent…" }).click();
    await on.window.quickInput.choose("Stop the agent");
    await on.window.webview.getByRole("heading", { name: "Agent stopped" }).waitFor();
    await on.window.statusBarItem("Forkpoint: Agent stopped").waitFor();
    await on.window.screenshot("health-3-stopped");
    await on.window.webview.getByRole("button", { name: "Start Agent" }).click();
    await on.window.webview.getByRole("heading", { name: "Protected" }).waitFor();
  });
});
