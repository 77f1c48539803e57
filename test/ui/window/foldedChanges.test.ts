import assert from "node:assert/strict";
import { projectInWindow } from "../support/projectInWindow.ts";
import { installPackages } from "../support/installPackages.ts";

describe("packages and folded rows of a comparison, by keyboard", function () {
  this.timeout(180_000);

  const on = projectInWindow({
    prepare: async (project) => {
      await installPackages(project, { vat: "1.4.0", cart: "1.0.0" });
      await project.forkpoint("snapshot", "--label", "before the upgrade");
      await installPackages(project, { vat: "2.0.1", cart: "1.0.0", euro: "3.1.0" });
      await project.change("src/app.js", 'console.log("with euros");\n');
      await project.forkpoint("snapshot", "--label", "after the upgrade");
    },
  });
  before(async () => {
    await on.window.openContainer("Forkpoint");
    await on.window.tree("Timeline").row("after the upgrade").click();
    await changes().row("app.js").waitFor();
  });

  const changes = () => on.window.tree("Changes");
  const press = (key: string) => on.window.page.keyboard.press(key);
  /** Goes down from where the focus is. */
  const goTo = async (text: RegExp) => {
    for (let steps = 0; !text.test((await changes().focused.getAttribute("aria-label")) ?? ""); steps++) {
      assert.ok(steps < 20, `The arrows do not reach ${text.source}.`);
      await press("ArrowDown");
    }
  };

  it("shows the packages first, and a folder that tools write as one row", async () => {
    assert.deepEqual(await withoutSizes(changes().labels()), [
      "Packages of package-lock.json, 2 packages changed",
      "node_modules, 3 files, 2 packages changed",
      "src, 1 change",
      "app.js, changed",
      "package-lock.json, changed",
    ]);
    await on.window.screenshot("folded-changes-1-folded");
  });

  it("opens the packages with the right arrow: what moved, and what came", async () => {
    await on.window.runCommand("Forkpoint: Focus on Changes View");
    await press("Home");
    await goTo(/^Packages of/);
    await press("ArrowRight");
    await changes().row("euro").waitFor();
    const labels = await changes().labels();
    assert.deepEqual(labels.slice(1, 3), ["vat, 1.4.0 → 2.0.1", "euro, 3.1.0, added"]);
    assert.ok(!labels.some((label) => label.startsWith("cart")), "what stayed as it was has no row");
  });

  it("unfolds one folder with the right arrow, and folds it with the left", async () => {
    await goTo(/^node_modules,/);
    await press("ArrowRight");
    await changes().row("vat").nth(1).waitFor();
    await on.window.screenshot("folded-changes-2-one-unfolded");
    await press("ArrowLeft");
    await changes().row("vat").nth(1).waitFor({ state: "detached" });
  });

  it("shows all that tools write like other folders, and folds it again", async () => {
    await on.window.runCommand("Forkpoint: Show What Tools Write, Too");
    await changes().row("node_modules").and(changes().row("changes")).waitFor();
    await changes().row("package.json").first().waitFor();
    await on.window.screenshot("folded-changes-3-unfolded");
    await on.window.runCommand("Forkpoint: Fold What Tools Write");
    await changes().row("node_modules").and(changes().row("3 files, 2 packages changed")).waitFor();
  });

  it("says once in a row's hover text what happened to the file", async () => {
    await changes().row("app.js").hover();
    const hover = on.window.page.locator(".monaco-hover").filter({ hasText: "src/app.js" });
    await hover.waitFor();
    assert.equal((await hover.textContent())?.match(/changed/g)?.length, 1);
    await on.window.screenshot("folded-changes-4-hover");
  });
});

/** Labels without the last part where that is a size. */
async function withoutSizes(labels: Promise<readonly string[]>): Promise<string[]> {
  return (await labels).map((label) => label.replace(/, \d+(\.\d+)? \w?i?B$/, ""));
}
