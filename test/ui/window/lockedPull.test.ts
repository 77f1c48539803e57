import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stages, type WindowStage } from "../../editor/support/windows.ts";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { forkpointJson } from "../../support/forkpointCli.ts";
import { makePool } from "../../support/makePool.ts";
import { stopAgent } from "../../support/stopAgent.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

const passphrase = "Quetzalcoatl rides again";

/** Another home with a pool of its own stands for the other machine; its agent has started anew and has no key. */
describe("a project in a locked store", function () {
  this.timeout(400_000);
  let project: DemoProject | undefined;
  let other: WindowStage | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    const beside = dirname(project.home);
    const sealed = join(beside, "sealed");
    const secret = ["--passphrase-file", join(beside, "passphrase")];
    mkdirSync(sealed);
    writeFileSync(join(beside, "passphrase"), passphrase);
    await project.forkpoint("store", "set", `dir://${sealed}`, "--encrypt", ...secret);
    await project.change("src/app.js", "made here\n");
    await project.forkpoint("snapshot");
    await project.forkpoint("push", "--wait");
    other = await stages.bare();
    const { folder, home } = other;
    await makePool({ home, image: `${folder}.img`, mib: 2048, mount: `${folder}-pool` });
    await forkpointJson(["store", "set", `dir://${sealed}`, ...secret], { home });
    await stopAgent(home);
    editor = await EditorWindow.start(other);
    window = await editor.open();
    await window.statusBarItem("Forkpoint: No timeline").waitFor();
  });
  after(async () => {
    await editor?.dispose();
    await other?.dispose();
    await project?.dispose();
  });

  it("is pulled once the passphrase was given, and no other opens it", async () => {
    for (const typed of ["Tlaloc stays at home", passphrase]) {
      await window.runCommand("Forkpoint: Pull Project from Store…");
      await window.quickInput.titled("Unlock store").waitFor();
      await window.page.locator(".quick-input-widget input[type=password]").waitFor();
      await window.quickInput.type(typed);
      await window.screenshot("locked-pull-1-passphrase");
      await window.quickInput.accept();
      if (typed === passphrase) break;
      await window.notification("The passphrase does not open this repository.").waitFor();
      await window.clearNotifications();
    }
    await window.quickInput.titled("Pull which project?").waitFor();
    await window.quickInput.choose("demo");
    await window.quickInput.titled("Pull which state of “demo”?").waitFor();
    await window.quickInput.choose("The newest state");
    await window.quickInput.titled("Pull “demo”").waitFor();
    await window.quickInput.accept();
    await window.notification("“demo” is here").waitFor();
    await window.screenshot("locked-pull-2-here");
    const { home = "" } = other ?? {};
    const [pulled] = (await forkpointJson(["project", "list"], { home })) as { path: string }[];
    assert.equal(readFileSync(join(pulled?.path ?? "", "src/app.js"), "utf8"), "made here\n");
  });
});
