import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

describe("repairing the safe copy", function () {
  this.timeout(400_000);
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;
  let store: string;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    store = join(dirname(project.home), "store");
    await project.forkpoint("push", "--wait");
    editor = await EditorWindow.start(project);
    window = await editor.open();
    await window.statusBarItem("demo").waitFor();
  });
  after(async () => {
    await editor?.dispose();
    await project?.dispose();
  });

  it("finds nothing to do, and proposes to read the copy back", async () => {
    await window.runCommand("Forkpoint: Repair the Safe Copy…");
    await window.answerNotification("Nothing is known to be damaged.", "Verify the Safe Copy…");
    await window.quickInput.titled("Verify the safe copy").waitFor();
    await window.screenshot("repairing-1-verify");
    await window.quickInput.choose("Everything");
    await window.notification(/Read \d+ parts with .* of 1 snapshot back: all of it is right\./).waitFor();
    await window.clearNotifications();
  });

  it("shows what it would mend, and mends it", async () => {
    const [ref = ""] = readdirSync(join(store, "refs"));
    rmSync(join(store, "refs", ref));
    await window.runCommand("Forkpoint: Repair the Safe Copy…");
    await window.quickInput.titled("Repair the safe copy").waitFor();
    await window.quickInput.row("The ref of demo is missing from the store.").waitFor();
    await window.screenshot("repairing-2-plan");
    await window.quickInput.choose("Repair the store");
    await window.notification("The safe copy is mended.").waitFor();
    assert.ok(existsSync(join(store, "refs", ref)));
    await window.clearNotifications();
  });

  it("gives up what only another machine could mend, once it was said what is lost", async () => {
    const theirs = join(store, "refs", "theirs");
    writeFileSync(theirs, "no ref");
    for (const answer of ["Wait for That Machine", "Give Up That Machine"]) {
      assert.ok(existsSync(theirs));
      await window.runCommand("Forkpoint: Repair the Safe Copy…");
      const waiting = "1 record of the store only another machine can mend";
      await window.notification(waiting).waitFor();
      await window.screenshot("repairing-3-needed");
      await window.answerNotification(waiting, "Give Up That Machine…");
      await window.dialog.getByText(/Nothing of the project theirs in the store can be read/).waitFor();
      await window.screenshot("repairing-4-give-up");
      await window.answerDialog(answer);
      if (answer === "Wait for That Machine") await window.clearNotifications();
    }
    await window.notification("The safe copy is mended.").waitFor();
    assert.ok(!existsSync(theirs));
  });
});
