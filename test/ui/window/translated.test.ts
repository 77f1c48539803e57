import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkout } from "../../../scripts/paths.mjs";
import { bundleFile } from "../../../scripts/l10n.mjs";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

describe("the window in another language", function () {
  this.timeout(180_000);
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    editor = await EditorWindow.start(project);
    const english = JSON.parse(readFileSync(join(checkout, bundleFile), "utf8")) as Record<string, string>;
    const translation = Object.fromEntries(Object.keys(english).map((key) => [key, `⟦${key}⟧`]));
    const file = join(editor.extensionFolder, bundleFile.replace(/\.json$/, ".de.json"));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(translation));
    window = await editor.open(project.folder, "de");
  });
  after(async () => {
    await editor?.dispose();
    await project?.dispose();
  });

  it("names the rows of a view, and those of a panel, in it", async () => {
    await window.runCommand("Forkpoint: Show Timeline Panel");
    const list = window.webview.getByRole("listbox", { name: "⟦Timeline, newest first⟧" });
    await list.getByRole("option", { name: /^⟦Imported⟧/ }).waitFor();
    await window.openContainer("Forkpoint");
    await window.tree("Timeline").row("⟦Imported⟧").waitFor();
    await window.screenshot("translated-1-timeline");
  });
});
