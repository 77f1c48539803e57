import assert from "node:assert/strict";
import { lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Pool } from "../../../agent/protocol/pool.ts";
import { stages, type WindowStage } from "../../editor/support/windows.ts";
import { forkpointJson } from "../../support/forkpointCli.ts";
import { makePool } from "../../support/makePool.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

const files = 30_000;

describe("a long operation", function () {
  this.timeout(180_000);
  let stage: WindowStage | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;
  let pool: Pool;

  pictureFailures(() => window);

  before(async () => {
    stage = await stages.bare();
    const { folder, home } = stage;
    for (let number = 0; number < files; number++) {
      if (number % 1000 === 0) mkdirSync(join(folder, `part-${number / 1000}`));
      writeFileSync(join(folder, `part-${Math.floor(number / 1000)}`, `${number}.txt`), `${number}\n`);
    }
    pool = await makePool({ home, image: `${folder}.img`, mib: 2048, mount: `${folder}-pool` });
    editor = await EditorWindow.start(stage);
    window = await editor.open();
    await window.openContainer("Forkpoint");
  });
  after(async () => {
    await editor?.dispose();
    await stage?.dispose();
  });

  it("tells how far it is, and leaves nothing behind when it is cancelled", async () => {
    await window.tree("Timeline").welcome.getByRole("button", { name: "Import This Folder…" }).click();
    await window.acceptProposals(2);
    await window.notification(/Importing shop: .*\d+/).waitFor();
    await window.screenshot("cancel-1-progress");
    await window.answerNotification("Importing shop", "Cancel");
    await window.statusBarItem("Cancelled; nothing was changed.").waitFor();
    await window.tree("Timeline").welcome.getByRole("button", { name: "Import This Folder…" }).waitFor();
    const { folder = "", home = "" } = stage ?? {};
    assert.equal(lstatSync(folder).isDirectory(), true);
    assert.equal(readdirSync(folder).length, files / 1000 + 1);
    assert.deepEqual(await forkpointJson(["project", "list"], { home }), []);
    assert.deepEqual(readdirSync(join(pool.path, "projects")), []);
    await window.screenshot("cancel-2-cancelled");
  });
});
