import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectInWindow } from "../support/projectInWindow.ts";
import { Workbench } from "../support/workbench.ts";

describe("forks in the window", function () {
  this.timeout(180_000);

  const on = projectInWindow({ settings: { "forkpoint.openForks": "newWindow" } });
  before(async () => {
    await on.window.openContainer("Forkpoint");
    await on.window.tree("Forks").row("demo").waitFor();
  });

  const forkFolder = async () => {
    const projects = (await on.project.forkpoint("project", "list")) as { slug: string; path: string }[];
    return projects.find(({ slug }) => slug === "try-something")?.path;
  };

  it("open in a window of their own", async () => {
    const opening = on.window.page.context().waitForEvent("page");
    await on.window.tree("Forks").headerAction("Fork from Now…");
    await on.window.quickInput.opened();
    await on.window.quickInput.type("try-something");
    await on.window.quickInput.accept();
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
    await on.window.page.bringToFront();
    await on.window.tree("Forks").row("try-something").waitFor();
    await on.window.screenshot("forks-2-tree");
    const folder = await forkFolder();
    assert.ok(folder);
    assert.match(readFileSync(join(folder, "README.md"), "utf8"), /^# Demo/);
  });

  it("are compared with this workspace, both as they stand", async () => {
    const folder = await forkFolder();
    assert.ok(folder);
    writeFileSync(join(folder, "README.md"), "# Tried something\n");
    writeFileSync(join(folder, "tried.txt"), "something\n");
    await on.window.tree("Forks").contextAction("try-something", "Compare Project with This Workspace…");
    const changes = on.window.tree("Changes");
    await changes.row("tried.txt").waitFor();
    await changes.row("README.md").click();
    await on.window.page.locator(".monaco-diff-editor").waitFor();
    await on.window.page.getByText("# Tried something").first().waitFor();
    await changes.row("tried.txt").hover();
    assert.equal(await changes.row("tried.txt").getByRole("button").count(), 0);
    await on.window.screenshot("forks-3-compared");
  });

  it("go away only for somebody who types their name", async () => {
    const folder = await forkFolder();
    assert.ok(folder);
    await on.window.tree("Forks").contextAction("try-something", "Delete Fork…");
    await on.window.quickInput.opened();
    await on.window.screenshot("forks-4-delete");
    await on.window.quickInput.type("something-else");
    await on.window.quickInput.accept();
    await on.window.quickInput.message.getByText("Type “try-something”").waitFor();
    assert.equal(existsSync(folder), true);
    await on.window.quickInput.type("try-something");
    await on.window.quickInput.accept();
    await on.window.tree("Forks").row("try-something").waitFor({ state: "detached" });
    assert.equal(existsSync(folder), false);
  });
});
