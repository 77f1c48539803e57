import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Locator } from "playwright-core";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { assertGolden } from "../../support/golden.ts";
import { accessibleText } from "../support/accessibleText.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { faintTexts } from "../support/faintTexts.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import { type Look, looks, untilDrawn, writeLook } from "../support/looks.ts";
import { smallPng } from "../support/smallPng.ts";
import { tourStory } from "../support/tourStory.ts";
import type { TreeView } from "../support/treeView.ts";
import { screenshotFolder, type Workbench } from "../support/workbench.ts";

/** Written anew with FORKPOINT_IMAGES=1. */
const imageFolder = resolve(import.meta.dirname, "../../../docs/images");
const goldenFolder = join(import.meta.dirname, "golden");
/** What stands in pictures and golden texts for the folder that this run made. */
const homeShown = "/home/ada";

describe("a tour of every view", function () {
  this.timeout(300_000);
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;
  let root = "";

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    root = dirname(project.home);
    await tourStory(project);
    editor = await EditorWindow.start(project, {
      // Neither ids of snapshots nor what is special to this run.
      "breadcrumbs.enabled": false,
      "window.title": "demo",
      "editor.lightbulb.enabled": "off",
      "typescript.disableAutomaticTypeAcquisition": true,
    });
    putOn("light");
    window = await editor.open(lookFile());
    await window.openContainer("Forkpoint");
    await timeline().row("Imported").waitFor();
  });
  after(async () => {
    await editor?.dispose();
    await project?.dispose();
  });

  const lookFile = () => join(root, "demo.code-workspace");
  const putOn = (look: Look) => writeLook(look, lookFile(), project?.folder ?? "");
  const timeline = () => window.tree("Timeline");
  const changes = () => window.tree("Changes");

  /** Pictures of the window as it stands, in every look. No look may lose a text. */
  const pictures = async (name: string, { inDocs = true } = {}) => {
    await window.pointAtNothing();
    await window.statusBarItem(/Analyzing|Initializing/).waitFor({ state: "hidden" });
    for (const look of looks) {
      putOn(look);
      await untilDrawn(look, window);
      await window.showPath(root, homeShown);
      const picture = `tour-${name}-${look}`;
      await window.screenshot(picture);
      assert.deepEqual(await faintTexts(window), [], `${name} in ${look}`);
      if (!process.env["FORKPOINT_IMAGES"] || !inDocs) continue;
      mkdirSync(imageFolder, { recursive: true });
      writeFileSync(
        join(imageFolder, `${name}-${look}.png`),
        smallPng(readFileSync(join(screenshotFolder, `${picture}.png`))),
      );
    }
    putOn("light");
    await untilDrawn("light", window);
  };

  /** What a screen reader finds there is what tour-NAME.txt holds. */
  const spoken = async (name: string, part: Locator, ...masks: readonly (readonly [RegExp, string])[]) => {
    const text = await accessibleText(part, [[new RegExp(root, "g"), homeShown], ...masks]);
    assertGolden(join(goldenFolder, `tour-${name}.txt`), text);
  };

  /** The same for a tree, with the actions in its header. */
  const spokenTree = async (name: string, tree: TreeView) => {
    await tree.pane.locator(".pane-header").hover();
    await tree.pane.locator(".pane-header").getByRole("toolbar").waitFor();
    await spoken(name, tree.pane);
  };

  it("shows the timeline beside the code", async () => {
    await window.openFile("app.js");
    await window.clearNotifications();
    await pictures("timeline");
    await spokenTree("timeline", timeline());
  });

  it("shows every version of a file", async () => {
    await window.tree("File History").expand();
    await window
      .tree("File History")
      .row(/the total/)
      .first()
      .waitFor();
    await pictures("file-history");
    await spokenTree("file-history", window.tree("File History"));
  });

  it("shows what a snapshot changed, in a tree and side by side", async () => {
    await timeline().row("the total in euros").click();
    await changes()
      .row(/Packages/)
      .click();
    await changes().row("euro").waitFor();
    await changes().row("app.js").click();
    await window.editorTab(/^app\.js \(/).waitFor();
    await pictures("compare");
    await spokenTree("compare", changes());
  });

  it("shows what a restore will do", async () => {
    await timeline().inlineAction("the total in euros", "Restore Workspace…");
    await window.dialog.waitFor();
    await pictures("restore");
    await spoken("restore", window.dialog);
    await window.page.keyboard.press("Escape");
    await window.dialog.waitFor({ state: "detached" });
  });

  it("shows the forks", async () => {
    await window.tree("Forks").expand();
    await window.tree("Forks").row("try-upgrade").click();
    await pictures("forks");
    await spokenTree("forks", window.tree("Forks"));
  });

  it("shows what was done", async () => {
    await window.runCommand("Forkpoint: Show What Was Done…");
    await window.quickInput
      .row(/Restored/)
      .first()
      .waitFor();
    await pictures("operations", { inDocs: false });
    await window.quickInput.dismiss();
  });

  it("shows the graph", async () => {
    await window.runCommand("Forkpoint: Show Timeline Panel");
    await window.webview.getByRole("option", { name: "the total in euros" }).click();
    await window.webview.getByRole("heading", { name: "the total in euros" }).waitFor();
    await pictures("graph");
    await spoken(
      "graph",
      window.webview.locator("#page"),
      [/(By\n.*definition: ).*/, "$1AUTHOR"],
      [/(ID\n.*definition: ).*/, "$1ID"],
    );
  });

  it("shows the health", async () => {
    await window.runCommand("Forkpoint: Show Health");
    await window.webview.getByRole("heading", { name: /^Checks/ }).waitFor();
    await pictures("health");
    await spoken(
      "health",
      window.webview.locator("#page"),
      [/((Version|Process|Rights)\n.*definition: ).*/g, "$1OF THIS MACHINE"],
      [/(- strong: .*\n.*text: ).*/g, "$1WHAT WAS FOUND"],
    );
  });

  it("shows the page of common problems", async () => {
    await window.runCommand("Forkpoint: Common Problems");
    await window.editorTab(/problems\.md/).waitFor();
    await window.webview.getByRole("heading", { name: "Common problems" }).waitFor();
    await window.screenshot("tour-problems");
  });
});
