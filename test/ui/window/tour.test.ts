import { copyFileSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import { screenshotFolder, type Workbench } from "../support/workbench.ts";

const imageFolder = resolve(import.meta.dirname, "../../../docs/images");
/** Those that the documentation shows, which are written anew with FORKPOINT_IMAGES=1. */
const shownInDocs = new Set([
  "timeline-light",
  "graph-light",
  "file-history-light",
  "compare-light",
  "restore-light",
  "health-light",
  "forks-light",
]);

const themes = {
  light: "Default Light Modern",
} as const;

for (const [look, theme] of Object.entries(themes)) {
  describe(`every view in ${theme}`, function () {
    this.timeout(600_000);
    let project: DemoProject | undefined;
    let editor: EditorWindow | undefined;
    let window: Workbench;

    pictureFailures(() => window);

    before(async () => {
      project = await makeDemoProject();
      await story(project);
      editor = await EditorWindow.start(project, { "workbench.colorTheme": theme });
      window = await editor.open();
      await window.openContainer("Forkpoint");
      await timeline().row("Imported").waitFor();
    });
    after(async () => {
      await editor?.dispose();
      await project?.dispose();
    });

    const timeline = () => window.tree("Timeline");
    const picture = async (name: string) => {
      await window.clearNotifications();
      await window.screenshot(`tour-${name}-${look}`);
      if (!process.env["FORKPOINT_IMAGES"] || !shownInDocs.has(`${name}-${look}`)) return;
      mkdirSync(imageFolder, { recursive: true });
      copyFileSync(
        join(screenshotFolder, `tour-${name}-${look}.png`),
        join(imageFolder, `${name}-${look}.png`),
      );
    };

    it("shows the timeline beside the code", async () => {
      await window.openFile("app.js");
      await picture("timeline");
    });

    it("shows every version of a file", async () => {
      await window.tree("File History").expand();
      await window
        .tree("File History")
        .row(/the total/)
        .first()
        .waitFor();
      await picture("file-history");
    });

    it("shows what a snapshot changed, in a tree and side by side", async () => {
      await timeline().row("the total in euros").click();
      await window.tree("Changes").row("app.js").waitFor();
      await window.tree("Changes").row("app.js").click();
      await window.editorTab(/^app\.js \(/).waitFor();
      await picture("compare");
    });

    it("shows what a restore will do", async () => {
      await timeline().inlineAction("the total in euros", "Restore Workspace…");
      await window.dialog.waitFor();
      await window.screenshot(`tour-restore-${look}`);
      if (process.env["FORKPOINT_IMAGES"] && shownInDocs.has(`restore-${look}`))
        copyFileSync(
          join(screenshotFolder, `tour-restore-${look}.png`),
          join(imageFolder, `restore-${look}.png`),
        );
      await window.page.keyboard.press("Escape");
      await window.dialog.waitFor({ state: "detached" });
    });

    it("shows the forks", async () => {
      await window.tree("Forks").expand();
      await window.tree("Forks").row("try-upgrade").waitFor();
      await picture("forks");
    });

    it("shows what was done", async () => {
      await window.runCommand("Forkpoint: Show What Was Done…");
      await window.quickInput
        .row(/Restored/)
        .first()
        .waitFor();
      await window.screenshot(`tour-operations-${look}`);
      await window.quickInput.dismiss();
    });

    it("shows the graph", async () => {
      await window.runCommand("Forkpoint: Show Timeline Panel");
      await window.webview.locator("li.row").first().waitFor();
      await picture("graph");
    });

    it("shows the health", async () => {
      await window.runCommand("Forkpoint: Show Health");
      await window.webview.getByRole("heading", { name: /^Checks/ }).waitFor();
      await picture("health");
    });

    it("shows the page of common problems", async () => {
      await window.runCommand("Forkpoint: Common Problems");
      await window.editorTab(/problems\.md/).waitFor();
      await window.webview.getByRole("heading", { name: "Common problems" }).waitFor();
      await picture("problems");
    });
  });
}

/** A short history with everything that the views can show. */
async function story(project: DemoProject): Promise<void> {
  await project.change("src/app.js", "export function total(items) {\n  return items.length;\n}\n");
  await project.forkpoint("snapshot", "--label", "the total of a cart", "--pin");
  await project.change("src/app.js", "export function total(items) {\n  return sum(items);\n}\n");
  await project.change("src/sum.js", "export const sum = (items) => items.reduce((a, b) => a + b, 0);\n");
  await project.forkpoint("snapshot", "--label", "the total in euros", "--note", "As the shop wants it.");
  await project.change("src/data.json", '{ "items": [] }\n');
  await project.forkpoint("snapshot");
  await project.forkpoint("restore", await idOf(project, "the total in euros"), "--yes");
  await project.forkpoint("fork", "--slug", "try-upgrade");
  await project.forkpoint("push", "--wait");
  await project.change("README.md", "# Demo\n\nA cart with a total.\n");
  await project.forkpoint("snapshot", "--label", "what it is for");
}

async function idOf(project: DemoProject, label: string): Promise<string> {
  const entries = (await project.forkpoint("log")) as { label: string | null; snapshotId: string }[];
  const found = entries.find((entry) => entry.label === label);
  if (!found) throw new Error(`There is no snapshot “${label}”.`);
  return found.snapshotId;
}
