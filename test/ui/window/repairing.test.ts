import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectInWindow } from "../support/projectInWindow.ts";

describe("repairing the safe copy", function () {
  this.timeout(400_000);
  let store: string;

  const on = projectInWindow({
    prepare: async (project) => {
      store = join(dirname(project.home), "store");
      await project.forkpoint("push", "--wait");
    },
  });
  before(async () => {
    await on.window.statusBarItem("demo").waitFor();
  });

  it("finds nothing to do, and proposes to read the copy back", async () => {
    await on.window.runCommand("Forkpoint: Repair the Safe Copy…");
    await on.window.answerNotification("Nothing is known to be damaged.", "Verify the Safe Copy…");
    await on.window.quickInput.titled("Verify the safe copy").waitFor();
    await on.window.screenshot("repairing-1-verify");
    await on.window.quickInput.choose("Everything");
    await on.window.notification(/Read \d+ parts with .* of 1 snapshot back: all of it is right\./).waitFor();
    await on.window.clearNotifications();
  });

  it("shows what it would mend, and mends it", async () => {
    const [ref = ""] = readdirSync(join(store, "refs"));
    rmSync(join(store, "refs", ref));
    await on.window.runCommand("Forkpoint: Repair the Safe Copy…");
    await on.window.quickInput.titled("Repair the safe copy").waitFor();
    await on.window.quickInput.row("The ref of demo is missing from the store.").waitFor();
    await on.window.screenshot("repairing-2-plan");
    await on.window.quickInput.choose("Repair the store");
    await on.window.notification("The safe copy is mended.").waitFor();
    assert.ok(existsSync(join(store, "refs", ref)));
    await on.window.clearNotifications();
  });

  it("gives up what only another machine could mend, once it was said what is lost", async () => {
    const theirs = join(store, "refs", "theirs");
    writeFileSync(theirs, "no ref");
    for (const answer of ["Wait for That Machine", "Give Up That Machine"]) {
      assert.ok(existsSync(theirs));
      await on.window.runCommand("Forkpoint: Repair the Safe Copy…");
      const waiting = "1 record of the store only another machine can mend";
      await on.window.notification(waiting).waitFor();
      await on.window.screenshot("repairing-3-needed");
      await on.window.answerNotification(waiting, "Give Up That Machine…");
      await on.window.dialog.getByText(/Nothing of the project theirs in the store can be read/).waitFor();
      await on.window.screenshot("repairing-4-give-up");
      await on.window.answerDialog(answer);
      if (answer === "Wait for That Machine") await on.window.clearNotifications();
    }
    await on.window.notification("The safe copy is mended.").waitFor();
    assert.ok(!existsSync(theirs));
  });
});
