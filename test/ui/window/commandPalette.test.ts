import assert from "node:assert/strict";
import { stages, type WindowStage } from "../../editor/support/windows.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

describe("the command palette of a window with the packed extension", function () {
  this.timeout(120_000);
  let stage: WindowStage | undefined;
  let editor: EditorWindow | undefined;
  let workbench: Workbench;

  pictureFailures(() => workbench);

  before(async () => {
    stage = await stages.bare();
    editor = await EditorWindow.start(stage);
    workbench = await editor.open();
  });

  after(async () => {
    await editor?.dispose();
    await stage?.dispose();
  });

  it("lists Forkpoint's commands", async () => {
    const palette = await workbench.openCommandPalette("Forkpoint");
    const labels = await palette.labels(/^Forkpoint: /);
    await workbench.screenshot("command-palette");
    assert.ok(
      labels.some((label) => label.startsWith("Forkpoint: ")),
      labels.join(", "),
    );
    await palette.dismiss();
  });
});
