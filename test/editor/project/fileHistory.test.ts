import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { copyTo } from "../../../extension/history/saveVersion.ts";
import { eventually } from "../support/eventually.ts";
import { OpenProject, withSettings } from "../support/openProject.ts";

describe("the history of a file in the editor", () => {
  let opened: OpenProject;

  withSettings({ confirmRestore: false, maxSnapshots: 50 });

  before(async () => {
    opened = await OpenProject.open();
    opened.write("src/old.js", "one\n");
    await opened.snapshot("with the first");
    opened.write("src/old.js", "two\n");
    await opened.snapshot("with the second");
    opened.write("src/old.js", "three\n");
  });
  after(() => opened.dispose());
  afterEach(() => vscode.commands.executeCommand("workbench.action.closeAllEditors"));

  const titles = () => opened.api.fileHistory.versions.map(({ first }) => first?.label ?? null);
  const row = (label: string) => {
    const version = opened.api.fileHistory.versions.find(({ first }) => first?.label === label);
    assert.ok(version, label);
    return { path: "src/old.js", version };
  };
  const shown = () => vscode.window.activeTextEditor?.document;

  it("shows the versions of what was chosen in the Explorer", async () => {
    await opened.run("showFileHistory", opened.uri("src/old.js"));
    assert.equal(opened.api.fileHistory.path, "src/old.js");
    assert.deepEqual(titles().slice(0, 3), [null, "with the second", "with the first"]);
  });

  it("opens a version read-only, and the file itself for what the workspace holds", async () => {
    await opened.run("openVersion", row("with the first"));
    await eventually("the old version", () => shown()?.getText() === "one\n");
    assert.equal(shown()?.uri.scheme, "forkpoint");
    const version = opened.api.fileHistory.versions[0];
    assert.equal(version?.now, true);
    await opened.run("openVersion", { path: "src/old.js", version });
    await eventually("the file", () => shown()?.uri.scheme === "file" && shown()?.getText() === "three\n");
  });

  it("compares a version with now, the one before and the one selected", async () => {
    const compared = () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      if (!(input instanceof vscode.TabInputTextDiff)) return undefined;
      return [input.original, input.modified].map(
        ({ scheme, path }) => `${scheme}:${path.split("/").at(-1)}`,
      );
    };
    await opened.run("compareVersionWithNow", row("with the first"));
    await eventually(
      "a comparison with the file",
      () => compared()?.join() === "forkpoint:old.js,file:old.js",
    );
    await opened.run("compareVersionWithPrevious", row("with the second"));
    await eventually("a comparison of two", () => compared()?.join() === "forkpoint:old.js,forkpoint:old.js");
    await opened.run("selectVersion", row("with the second"));
    await opened.run("compareVersionWithSelected", row("with the first"));
    await eventually("the older on the left", () =>
      vscode.window.tabGroups.activeTabGroup.activeTab?.label.includes("with the first → with the second"),
    );
  });

  it("restores one version, which can be undone, and says so in the list", async () => {
    await opened.run("restoreVersion", row("with the first"));
    assert.equal(opened.read("src/old.js"), "one\n");
    await opened.run("undoRestore");
    assert.equal(opened.read("src/old.js"), "three\n");
  });

  it("follows the editor in front unless it is kept", async () => {
    const open = (path: string) => vscode.window.showTextDocument(opened.uri(path));
    await open("README.md");
    assert.equal(opened.api.fileHistory.path, "src/old.js");
    await opened.run("followFileHistory");
    await eventually("the history of the open file", () => opened.api.fileHistory.path === "README.md");
    await opened.run("pinFileHistory");
    await open("src/old.js");
    assert.equal(opened.api.fileHistory.path, "README.md");
  });

  it("has what was deleted", async () => {
    await opened.snapshot("before the deletion");
    opened.remove("src/old.js");
    await opened.run("showFileHistory", opened.uri("src/old.js"));
    const version = await eventually("a version that is gone", () =>
      opened.api.fileHistory.versions.find(({ gone }) => gone),
    );
    await opened.run("restoreVersion", { path: "src/old.js", version });
    assert.equal(opened.read("src/old.js"), "three\n");
  });

  it("copies a version elsewhere", async () => {
    const folder = mkdtempSync(join(tmpdir(), "copies-"));
    const { version } = row("with the first");
    assert.equal(version.times, 2);
    const source = (path: string) => Buffer.from(join(version.first?.path ?? "", path));
    await copyTo("file", source("src/old.js"), join(folder, "copy.js"));
    assert.equal(readFileSync(join(folder, "copy.js"), "utf8"), "one\n");
    await copyTo("directory", source("src"), join(folder, "src"));
    assert.ok(existsSync(join(folder, "src/old.js")));
    await assert.rejects(copyTo("directory", source("src"), join(folder, "src")));
    rmSync(folder, { recursive: true });
  });
});
