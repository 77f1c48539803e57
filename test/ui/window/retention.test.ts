import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../editor/support/eventually.ts";
import { projectInWindow } from "../support/projectInWindow.ts";

const mib = 2 ** 20;

describe("what is kept, and what deleting frees", function () {
  this.timeout(300_000);

  const on = projectInWindow({
    prepare: async (project) => {
      // What is on its way to the store stays whatever the rules say.
      await project.forkpoint("store", "pause");
      await project.forkpoint("retention", "--latest", "20");
      for (let version = 1; version <= 7; version++) {
        writeFileSync(join(project.folder, "data", "notes.bin"), randomBytes(version * mib));
        await project.forkpoint("snapshot", "--label", `version ${version}`);
      }
    },
  });
  before(async () => {
    await on.window.openContainer("Forkpoint");
    await tree().row("version 7").waitFor();
  });

  const tree = () => on.window.tree("Timeline");

  it("is said before several are deleted, and in the hover text", async () => {
    await tree().row("version 2").click();
    await tree()
      .row("version 4")
      .click({ modifiers: ["ControlOrMeta"] });
    await tree()
      .row("version 5")
      .click({ modifiers: ["ControlOrMeta"] });
    await on.window.page.keyboard.press("Delete");
    await on.window.quickInput.titled("Delete 3 snapshots?").waitFor();
    await on.window.quickInput.row(/Deleting these three frees (about )?11 MB/).waitFor();
    await on.window.screenshot("retention-1-delete-several");
    await on.window.quickInput.dismiss();
    await tree().row("version 3").hover();
    await on.window.page.getByText(/Deleting it frees (about )?3 MB/).waitFor();
    await on.window.screenshot("retention-2-hover");
  });

  it("is shown with the reasons", async () => {
    await on.window.runCommand("Forkpoint: Show What Retention Keeps…");
    await on.window.quickInput.titled("What retention keeps and takes").waitFor();
    await on.window.quickInput
      .row(/version 7[\s\S]*Stays: the workspace stands on it, it has a name/)
      .waitFor();
    await on.window.screenshot("retention-3-what-stays");
    await on.window.quickInput.dismiss();
  });

  it("shows what other rules would take before anything goes", async () => {
    const change = async (rule: RegExp) => {
      await on.window.runCommand("Forkpoint: Show What Retention Keeps…");
      await on.window.quickInput.choose("Change what is kept…");
      await on.window.quickInput.titled("Change what is kept").waitFor();
      await on.window.quickInput.choose(rule);
    };
    await change(/Those with a name/);
    await on.window.quickInput.choose("Keep to the new rules");
    await on.window.quickInput.closed();
    await change(/The newest 20/);
    await on.window.quickInput.type("2");
    await on.window.quickInput.accept();
    await on.window.quickInput.titled("What the new rules would keep and take").waitFor();
    await on.window.quickInput.row(/version 1[\s\S]*Goes: older than the newest/).waitFor();
    await on.window.screenshot("retention-4-new-rules");
    await on.window.quickInput.choose("Leave it as it was");
    await on.window.quickInput.closed();
    assert.equal(await tree().row("version 1").count(), 1);
    await change(/The newest 20/);
    await on.window.quickInput.type("2");
    await on.window.quickInput.accept();
    await on.window.quickInput.choose("Keep to the new rules");
    await tree().row("version 1").waitFor({ state: "detached" });
    await tree().row("version 6").waitFor();
    assert.equal(await tree().row("version 5").count(), 0);
    await on.window.screenshot("retention-5-after");
  });

  it("asks before changed settings of the editor take more than a few, and takes a no for what it was asked", async () => {
    const settings = async (values: Record<string, unknown>) =>
      on.project.change(".vscode/settings.json", JSON.stringify(values));
    const atAgent = async () => {
      const found = await on.project.forkpoint("project", "show");
      return (found as { settings: { maxSnapshots: number; autoSnapshotMinutes: number } }).settings;
    };
    const kept = async () => (await atAgent()).maxSnapshots;
    let minutes = 100;
    /** Returns when the window has seen it, which asks nobody. */
    const settle = async (maxSnapshots: number) => {
      minutes++;
      await settings({ "forkpoint.maxSnapshots": maxSnapshots, "forkpoint.autoSnapshotMinutes": minutes });
      await eventually("the settings", async () => (await atAgent()).autoSnapshotMinutes === minutes);
    };
    const question = /With the changed settings, 4 snapshots go, which frees (about )?18 MB\./;
    const answer = async (button: string) => {
      await on.window.notification(question).waitFor();
      await on.window.answerNotification(question, button);
      await on.window.notification(question).waitFor({ state: "detached" });
    };
    await on.project.forkpoint("retention", "--latest", "20");
    for (let version = 8; version <= 12; version++) {
      writeFileSync(join(on.project.folder, "data", "notes.bin"), randomBytes((version - 5) * mib));
      await on.project.forkpoint("snapshot", "--label", `version ${version}`);
    }
    await tree().row("version 12").waitFor();
    // Two are few: these go at once.
    await settle(5);
    await tree().row("version 7").waitFor({ state: "detached" });
    await settings({ "forkpoint.maxSnapshots": 1 });
    await on.window.notification(question).waitFor();
    await on.window.screenshot("retention-6-changed-settings");
    await answer("Not Now");
    assert.equal(await kept(), 5);
    assert.equal(await tree().row("version 8").count(), 1);
    // Once the setting is what it was, a yes that comes late means nothing any more.
    await settle(5);
    await settings({ "forkpoint.maxSnapshots": 1 });
    await on.window.notification(question).waitFor();
    await settle(5);
    await answer("Apply");
    assert.equal(await kept(), 5);
    await settings({ "forkpoint.maxSnapshots": 1 });
    await answer("Apply");
    await tree().row("version 8").waitFor({ state: "detached" });
    assert.equal(await kept(), 1);
  });
});
