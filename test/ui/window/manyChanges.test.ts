import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectInWindow } from "../support/projectInWindow.ts";

const folders = 100;
const filesInEach = 1000;

describe("a comparison with 100,000 changed files", function () {
  this.timeout(240_000);

  const on = projectInWindow({
    prepare: async (project) => {
      await project.forkpoint("store", "pause");
      for (let folder = 0; folder < folders; folder++) {
        const path = join(project.folder, `part-${String(folder).padStart(2, "0")}`);
        mkdirSync(path);
        for (let file = 0; file < filesInEach; file++) writeFileSync(join(path, `${file}.txt`), `${file}\n`);
      }
      await project.forkpoint("snapshot", "--label", "all of it");
    },
  });
  before(async () => {
    await on.window.openContainer("Forkpoint");
    await on.window.tree("Timeline").row("all of it").waitFor();
  });

  const changes = () => on.window.tree("Changes");

  it("is counted in full, shown as folders, and says where the list ends", async () => {
    await on.window.tree("Timeline").row("all of it").click();
    await changes().pane.getByText("100,100 added. The first 50,000 are shown.").waitFor();
    await changes()
      .row(/part-00.*1,001 changes/)
      .waitFor();
    assert.equal(await changes().row(".txt").count(), 0);
    await on.window.screenshot("many-1-folded");
  });

  it("unfolds a folder, and opens a file of it", async () => {
    await changes().row("part-00").click();
    await changes().row("0.txt").first().click();
    await on.window.editorTab("0.txt").waitFor();
    await on.window.screenshot("many-2-unfolded");
    await changes().row("part-00").click();
    await changes().row(".txt").first().waitFor({ state: "detached" });
  });

  it("leaves the window at hand for other things", async () => {
    await changes().headerAction("Open All Changes");
    await on.window.editorTab("Imported → all of it").waitFor();
    await on.window.statusBarItem(/99,950 changes not shown here: .*all but the first 150 files/).waitFor();
    await on.window.screenshot("many-3-all");
    await on.window.tree("Timeline").row("Imported").click();
    await changes().pane.waitFor({ state: "detached" });
  });
});
