import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectInWindow } from "../support/projectInWindow.ts";

describe("restoring in the window", function () {
  this.timeout(180_000);
  let writer: ChildProcess | undefined;

  after(async () => {
    await stopWriting();
  });
  const on = projectInWindow({
    prepare: async (project) => {
      await project.change("src/app.js", "second\n");
      await project.forkpoint("snapshot", "--label", "second", "--pin");
      await project.change("src/app.js", "third\n");
      await project.change("README.md", "changed too\n");
      await project.forkpoint("snapshot", "--label", "third");
    },
  });
  before(async () => {
    await on.window.openContainer("Forkpoint");
    await on.window.tree("Timeline").row("third").waitFor();
  });

  const content = (path: string) => readFileSync(join(on.project.folder, path), "utf8");

  const startWriting = async () => {
    const script = `const file = require("fs").openSync("src/app.js", "a"); console.log("open"); setInterval(() => file, 1000);`;
    writer = spawn(process.execPath, ["-e", script], {
      cwd: on.project.folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    assert.ok(writer.stdout);
    await once(writer.stdout, "data");
  };
  const stopWriting = async () => {
    if (writer?.kill("SIGKILL")) await once(writer, "exit");
  };

  it("offers each version of one file, and brings back only that file", async () => {
    await on.window.openFile("app.js");
    await on.window.runCommand("Forkpoint: Restore File or Folder…");
    await on.window.quickInput.titled("Restore “src/app.js” from which snapshot?").waitFor();
    assert.deepEqual(await on.window.quickInput.labels("Imported"), ["third", "second", "Imported"]);
    await on.window.screenshot("restoring-1-versions");
    await on.window.quickInput.choose("Imported");
    await on.window.answerDialog("Restore");
    await on.window.notification("Restored “src/app.js” to “Imported”: 1 changed.").waitFor();
    assert.match(content("src/app.js"), /first version/);
    assert.equal(content("README.md"), "changed too\n");
    await on.window.editorText.getByText("first version").waitFor();
  });

  it("warns of a program that writes to what would change, and leaves everything when one heeds it", async () => {
    await startWriting();
    await on.window.tree("Timeline").inlineAction("second", "Restore Workspace…");
    await on.window.answerDialog("Restore");
    await on.window.dialog.getByText("have files of this workspace open for writing").waitFor();
    const text = (await on.window.dialog.textContent()) ?? "";
    assert.match(text, new RegExp(`node \\(process ${writer?.pid}\\): src/app\\.js`));
    await on.window.screenshot("restoring-2-open-files");
    await on.window.answerDialog("Cancel");
    assert.match(content("src/app.js"), /first version/);
  });

  it("tries again once the program was stopped", async () => {
    await on.project.change("README.md", "changed once more\n");
    await on.window.tree("Timeline").inlineAction("second", "Restore Workspace…");
    await on.window.answerDialog("Restore");
    await on.window.dialog.getByText("have files of this workspace open for writing").waitFor();
    await stopWriting();
    await on.window.answerDialog("Try Again");
    await on.window.notification("Restored the workspace to “second”").waitFor();
    assert.equal(content("src/app.js"), "second\n");
  });

  it("goes on all the same when one knows better", async () => {
    await on.project.change("src/app.js", "fourth\n");
    await startWriting();
    await on.window.clearNotifications();
    await on.window.tree("Timeline").inlineAction("second", "Restore Workspace…");
    await on.window.answerDialog("Restore");
    await on.window.dialog.getByText("have files of this workspace open for writing").waitFor();
    await on.window.answerDialog("Restore Anyway");
    await on.window.notification("Restored the workspace to “second”").waitFor();
    assert.equal(content("src/app.js"), "second\n");
    await stopWriting();
  });

  it("brings back a removed file from the comparison", async () => {
    await on.project.forkpoint("snapshot", "--label", "with all files");
    rmSync(join(on.project.folder, "src/data.json"));
    await on.window.clearNotifications();
    await on.window.tree("Timeline").inlineAction("second", "Compare with Now");
    await on.window.tree("Changes").row("data.json").waitFor();
    await on.window.tree("Changes").inlineAction("data.json", "Restore This Path…");
    await on.window.answerDialog("Restore");
    await on.window.notification("Restored “src/data.json” to “second”").waitFor();
    assert.equal(existsSync(join(on.project.folder, "src/data.json")), true);
    await on.window.screenshot("restoring-3-path");
  });
});
