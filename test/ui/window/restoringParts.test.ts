import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DemoProject } from "../../support/demoProject.ts";
import { projectInWindow } from "../support/projectInWindow.ts";
import { installPackages } from "../support/installPackages.ts";

describe("restoring parts of a workspace in the window", function () {
  this.timeout(180_000);

  const on = projectInWindow({
    prepare: async (project) => {
      await state(project, "old", "1.4.0");
      await project.forkpoint("snapshot", "--label", "before the upgrade", "--pin");
      await state(project, "new", "2.0.1");
    },
  });
  before(async () => {
    await on.window.openContainer("Forkpoint");
    await timeline().row("before the upgrade").waitFor();
  });

  const timeline = () => on.window.tree("Timeline");
  const choices = async () => {
    await on.window.clearNotifications();
    await timeline().contextAction("before the upgrade", "Restore Parts of the Workspace…");
    return on.window.quickInput.labels("Chosen paths…");
  };
  const now = () => {
    const content = (path: string) => readFileSync(join(on.project.folder, path), "utf8");
    const { version } = JSON.parse(content("node_modules/vat/package.json")) as { version: string };
    return [content("src/app.js"), version, content("data/shop.db").slice(sqliteHeader.length)];
  };

  it("offers each part that differs", async () => {
    assert.deepEqual(await choices(), [
      "Everything",
      "Everything but the database",
      "Only dependencies",
      "Only files",
      "Only the database",
      "Chosen paths…",
    ]);
    await on.window.screenshot("restoring-parts-1-choices");
  });

  it("brings back only dependencies: what is installed, and the lockfile", async () => {
    await on.window.quickInput.choose("Only dependencies");
    await on.window.dialog.getByText("Restore only dependencies to “before the upgrade”").waitFor();
    const question = (await on.window.dialog.textContent()) ?? "";
    assert.match(question, /package-lock\.json/);
    assert.match(question, /node_modules\//);
    assert.doesNotMatch(question, /app\.js|shop\.db/);
    await on.window.screenshot("restoring-parts-2-question");
    await on.window.answerDialog("Restore");
    await on.window.notification("Restored only dependencies to “before the upgrade”").waitFor();
    assert.deepEqual(now(), ["new", "1.4.0", "new"]);
  });

  it("no longer offers what is equal, and leaves the database when all but it is wanted", async () => {
    const offered = await choices();
    assert.ok(!offered.includes("Only dependencies"), offered.join(", "));
    await on.window.quickInput.choose("Everything but the database");
    await on.window.answerDialog("Restore");
    await on.window.notification("Restored everything but the database").waitFor();
    assert.deepEqual(now(), ["old", "1.4.0", "new"]);
  });

  it("takes back only that with Undo", async () => {
    await on.window.answerNotification("Restored everything but the database", "Undo");
    await on.window.notification("Undid the restore").waitFor();
    assert.deepEqual(now(), ["new", "1.4.0", "new"]);
  });

  it("is also chosen from the question about the whole workspace, and only from that", async () => {
    await on.window.clearNotifications();
    await timeline().inlineAction("before the upgrade", "Restore Workspace…");
    await on.window.dialog.getByText("Restore the workspace to “before the upgrade”").waitFor();
    await on.window.screenshot("restoring-parts-3-choose");
    await on.window.answerDialog("Choose…");
    assert.deepEqual(await on.window.quickInput.labels("Chosen paths…"), [
      "Everything",
      "Everything but the database",
      "Only files",
      "Only the database",
      "Chosen paths…",
    ]);
    await on.window.quickInput.choose("Everything but the database");
    await on.window.dialog.getByText("Restore everything but the database to “before the upgrade”").waitFor();
    assert.equal(await on.window.dialog.getByRole("button", { name: "Choose…" }).count(), 0);
    await on.window.answerDialog("Restore");
    await on.window.notification("Restored everything but the database").waitFor();
    assert.deepEqual(now(), ["old", "1.4.0", "new"]);
  });
});

/** By which a database is known. */
const sqliteHeader = "SQLite format 3\0";

/** Files, dependencies and a database, each with something of its own. */
async function state(project: DemoProject, text: string, version: string): Promise<void> {
  await project.change("src/app.js", text);
  await project.change("data/shop.db", `${sqliteHeader}${text}`);
  await installPackages(project, { vat: version });
}
