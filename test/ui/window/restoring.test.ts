import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

describe("restoring in the window", function () {
  this.timeout(180_000);
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;
  let writer: ChildProcess | undefined;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    await project.change("src/app.js", "second\n");
    await project.forkpoint("snapshot", "--label", "second", "--pin");
    await project.change("src/app.js", "third\n");
    await project.change("README.md", "changed too\n");
    await project.forkpoint("snapshot", "--label", "third");
    editor = await EditorWindow.start(project);
    window = await editor.open();
    await window.openContainer("Forkpoint");
    await window.tree("Timeline").row("third").waitFor();
  });
  after(async () => {
    await stopWriting();
    await editor?.dispose();
    await project?.dispose();
  });

  const content = (path: string) => readFileSync(join(project?.folder ?? "", path), "utf8");

  const startWriting = async () => {
    const script = `const file = require("fs").openSync("src/app.js", "a"); console.log("open"); setInterval(() => file, 1000);`;
    writer = spawn(process.execPath, ["-e", script], {
      cwd: project?.folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    assert.ok(writer.stdout);
    await once(writer.stdout, "data");
  };
  const stopWriting = async () => {
    if (writer?.kill("SIGKILL")) await once(writer, "exit");
  };

  it("offers each version of one file, and brings back only that file", async () => {
    await window.openFile("app.js");
    await window.runCommand("Forkpoint: Restore File or Folder…");
    await window.quickInput.titled("Restore “src/app.js” from which snapshot?").waitFor();
    assert.deepEqual(await window.quickInput.labels("Imported"), ["third", "second", "Imported"]);
    await window.screenshot("restoring-1-versions");
    await window.quickInput.choose("Imported");
    await window.answerDialog("Restore");
    await window.notification("Restored “src/app.js” to “Imported”: 1 changed.").waitFor();
    assert.match(content("src/app.js"), /first version/);
    assert.equal(content("README.md"), "changed too\n");
    await window.editorText.getByText("first version").waitFor();
  });

  it("warns of a program that writes to what would change, and leaves everything when one heeds it", async () => {
    await startWriting();
    await window.tree("Timeline").inlineAction("second", "Restore Workspace…");
    await window.answerDialog("Restore");
    await window.dialog.getByText("have files of this workspace open for writing").waitFor();
    const text = (await window.dialog.textContent()) ?? "";
    assert.match(text, new RegExp(`node \\(process ${writer?.pid}\\): src/app\\.js`));
    await window.screenshot("restoring-2-open-files");
    await window.answerDialog("Cancel");
    assert.match(content("src/app.js"), /first version/);
  });

  it("tries again once the program was stopped", async () => {
    await project?.change("README.md", "changed once more\n");
    await window.tree("Timeline").inlineAction("second", "Restore Workspace…");
    await window.answerDialog("Restore");
    await window.dialog.getByText("have files of this workspace open for writing").waitFor();
    await stopWriting();
    await window.answerDialog("Try Again");
    await window.notification("Restored the workspace to “second”").waitFor();
    assert.equal(content("src/app.js"), "second\n");
  });

  it("goes on all the same when one knows better", async () => {
    await project?.change("src/app.js", "fourth\n");
    await startWriting();
    await window.clearNotifications();
    await window.tree("Timeline").inlineAction("second", "Restore Workspace…");
    await window.answerDialog("Restore");
    await window.dialog.getByText("have files of this workspace open for writing").waitFor();
    await window.answerDialog("Restore Anyway");
    await window.notification("Restored the workspace to “second”").waitFor();
    assert.equal(content("src/app.js"), "second\n");
    await stopWriting();
  });

  it("brings back a removed file from the comparison", async () => {
    await project?.forkpoint("snapshot", "--label", "with all files");
    rmSync(join(project?.folder ?? "", "src/data.json"));
    await window.clearNotifications();
    await window.tree("Timeline").inlineAction("second", "Compare with Now");
    await window.tree("Changes").row("data.json").waitFor();
    await window.tree("Changes").inlineAction("data.json", "Restore This Path…");
    await window.answerDialog("Restore");
    await window.notification("Restored “src/data.json” to “second”").waitFor();
    assert.equal(existsSync(join(project?.folder ?? "", "src/data.json")), true);
    await window.screenshot("restoring-3-path");
  });
});
