import assert from "node:assert/strict";
import { projectInWindow } from "../support/projectInWindow.ts";

describe("the timeline panel, by keyboard alone", function () {
  this.timeout(180_000);

  const on = projectInWindow({
    prepare: async (project) => {
      await project.change("src/app.js", "second\n");
      await project.forkpoint("snapshot", "--label", "second version", "--pin");
      await project.change("src/app.js", "third\n");
      await project.forkpoint("snapshot", "--label", "third version");
      await project.forkpoint("fork", "--slug", "side-track");
    },
  });
  before(async () => {
    await on.window.runCommand("Forkpoint: Show Timeline Panel");
    await rows().first().waitFor();
  });

  const list = () => on.window.webview.getByRole("listbox", { name: "Timeline, newest first" });
  const rows = () => list().getByRole("option");
  const selected = () => list().getByRole("option", { selected: true });
  const press = (key: string) => on.window.page.keyboard.press(key);
  const details = () => on.window.webview.getByRole("complementary", { name: "Details" });

  it("names each row for a screen reader, with how safe it is", async () => {
    const spoken = await Promise.all(
      (await rows().all()).map(async (row) => (await row.getAttribute("aria-label")) ?? ""),
    );
    assert.equal(spoken[0], "Now, the workspace as it stands");
    assert.match(spoken.join("\n"), /^Fork side-track, /m);
    assert.match(spoken.join("\n"), /^third version, .*the workspace grew from this one, /m);
    assert.match(
      spoken.join("\n"),
      /^second version, .*pinned, (on this disk only|on its way|safe in the store)/m,
    );
    assert.match(spoken.at(-1) ?? "", /^Imported, /);
  });

  it("is one stop for Tab, in which arrows, Home and End move", async () => {
    for (let stops = 0; (await on.window.focusedLabel()) !== "Now, the workspace as it stands"; stops++) {
      assert.ok(stops < 30, "Tab does not reach the list");
      await press("Tab");
    }
    await press("End");
    await selected()
      .and(on.window.webview.getByRole("option", { name: /^Imported/ }))
      .waitFor();
    await press("Home");
    await press("ArrowDown");
    await press("ArrowDown");
    await press("ArrowUp");
    const label = await selected().getAttribute("aria-label");
    assert.equal(await on.window.focusedLabel(), label);
    await on.window.screenshot("timeline-panel-1-keyboard");
    await press("Tab");
    assert.match((await on.window.focusedLabel()) ?? "", /./);
  });

  it("shows the details of the row that is selected", async () => {
    await rows().filter({ hasText: "second version" }).focus();
    await rows().filter({ hasText: "second version" }).press("Home");
    while (!(await selected().getAttribute("aria-label"))?.startsWith("second version"))
      await press("ArrowDown");
    await details().getByRole("heading", { name: "second version" }).waitFor();
    await details().getByText("Pinned: it stays until you unpin it.").waitFor();
  });

  it("opens what one can do with Enter, and comes back when that is closed", async () => {
    const label = await selected().getAttribute("aria-label");
    await press("Enter");
    await on.window.quickInput.titled("second version").waitFor();
    const offered = await on.window.quickInput.labels("Compare with Now");
    assert.ok(offered.includes("Unpin Snapshot"), offered.join(", "));
    assert.ok(!offered.includes("Delete Snapshot…"), "a pinned snapshot cannot be deleted");
    await on.window.screenshot("timeline-panel-2-actions");
    await on.window.quickInput.dismiss();
    assert.equal(await selected().getAttribute("aria-label"), label);
  });

  it("follows what changes, without losing the row", async () => {
    await on.project.change("src/app.js", "fourth\n");
    await on.project.forkpoint("snapshot", "--label", "fourth version");
    await rows().filter({ hasText: "fourth version" }).waitFor();
    assert.match((await selected().getAttribute("aria-label")) ?? "", /^second version/);
    await on.window.screenshot("timeline-panel-3-followed");
  });

  it("draws in the colours of the theme", async () => {
    const background = () =>
      on.window.webview.locator("body").evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await background();
    await on.window.runCommand("Preferences: Toggle between Light/Dark Themes");
    await on.window.page.locator(".monaco-workbench.vs-dark").waitFor();
    await on.window.page.waitForTimeout(500);
    assert.notEqual(await background(), light);
    await on.window.screenshot("timeline-panel-4-dark");
  });
});
