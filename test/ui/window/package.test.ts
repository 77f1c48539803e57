import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stages, type WindowStage } from "../../editor/support/windows.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

describe("the packed extension", function () {
  this.timeout(120_000);
  let stage: WindowStage | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    stage = await stages.bare();
    editor = await EditorWindow.start(stage);
    window = await editor.open();
  });
  after(async () => {
    await editor?.dispose();
    await stage?.dispose();
  });

  it("holds what it runs and nothing else", () => {
    const { extensionFolder = "" } = editor ?? {};
    const found = readdirSync(extensionFolder).map((name) => name.toLowerCase());
    const allowed = [
      "bin",
      "changelog.md",
      "dist",
      "docs",
      "l10n",
      "license",
      "license.txt",
      "media",
      "package.json",
      "package.nls.json",
      "readme.md",
    ];
    assert.deepEqual(
      found.filter(
        (name) =>
          !allowed.includes(name) && name !== ".vsixmanifest" && !/^package\.nls\.[\w-]+\.json$/.test(name),
      ),
      [],
    );
    for (const file of ["extension.cjs", "agent/main.mjs", "webview/timeline.js", "webview/health.js"])
      assert.ok(existsSync(join(extensionFolder, "dist", file)), file);
  });

  it("starts the agent that it brought along, without being asked", async () => {
    const file = join(stage?.home ?? "", "agent.json");
    await window.statusBarItem("Forkpoint: Set up").waitFor();
    for (let tries = 0; !existsSync(file) && tries < 100; tries++) await pause(100);
    const { pid, version } = JSON.parse(readFileSync(file, "utf8")) as { pid: number; version: string };
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    assert.ok(command[1]?.startsWith(`${editor?.extensionFolder ?? ""}/dist/agent/`), command.join(" "));
    assert.ok(editor?.extensionFolder.endsWith(`-${version}`));
  });

  it("lists its commands", async () => {
    const palette = await window.openCommandPalette("Forkpoint");
    const labels = await palette.labels(/^Forkpoint: /);
    await window.screenshot("command-palette");
    assert.ok(labels.includes("Forkpoint: Create Pool…"), labels.join(", "));
    await palette.dismiss();
  });

  it("explains itself in a walkthrough", async () => {
    await window.runCommand("Forkpoint: Get Started");
    await window.page.getByText("Get started with Forkpoint").first().waitFor();
    await window.page.getByText("Make room").first().waitFor();
    await window.screenshot("walkthrough");
  });

  it("says what each of its settings does", async () => {
    await window.runCommand("Preferences: Open Settings (UI)");
    await window.page.keyboard.type("@ext:forkpoint.forkpoint");
    await window.page.getByText("Minutes between automatic snapshots").waitFor();
    await window.screenshot("settings");
  });

  it("keeps a log that one can open", async () => {
    await window.page.keyboard.press("Escape");
    await window.runCommand("Forkpoint: Show Log");
    await window.page
      .locator(".output-view-content, .part.panel")
      .getByText("Connected to the agent.")
      .first()
      .waitFor();
    await window.screenshot("log");
  });
});
