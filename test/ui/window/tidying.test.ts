import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GcState } from "../../../agent/repository/garbage/gcRecord.ts";
import { openSealed, sealObject } from "../../../agent/repository/jsonObject.ts";
import { projectInWindow } from "../support/projectInWindow.ts";

const daysMs = 3 * 24 * 3_600_000;

describe("tidying the safe copy", function () {
  this.timeout(400_000);
  let store: string;

  const on = projectInWindow({
    prepare: async (project) => {
      store = join(dirname(project.home), "store");
      await project.change("src/large.txt", randomBytes(300_000).toString("base64"));
      const { snapshotId } = (await project.forkpoint("snapshot", "--label", "passing")) as {
        snapshotId: string;
      };
      await project.forkpoint("push", "--wait");
      await project.change("src/large.txt", "small\n");
      await project.forkpoint("snapshot");
      await project.forkpoint("push", "--wait");
      await project.forkpoint("delete", snapshotId, "--for-good");
      ageStore();
    },
  });
  before(async () => {
    await on.window.statusBarItem("demo").waitFor();
  });

  /** All that is in the store came there days ago. */
  const ageStore = () => {
    const old = (Date.now() - daysMs) / 1000;
    for (const name of readdirSync(store, { recursive: true, encoding: "utf8" })) {
      const path = join(store, name);
      if (statSync(path).isFile()) utimesSync(path, old, old);
    }
  };
  /** What is condemned was condemned days ago. */
  const ageCondemned = () => {
    const file = join(store, "gc", "state");
    const state = openSealed("gc state", readFileSync(file), GcState);
    writeFileSync(file, sealObject({ ...state, condemnedAt: (state.condemnedAt ?? 0) - daysMs }));
  };
  const packs = () =>
    readdirSync(join(store, "packs"), { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    ).length;
  const plan = () => on.window.quickInput.titled(/Tidy the safe copy: .* can become free/);

  it("has nothing to do while everything is to be kept", async () => {
    await on.window.runCommand("Forkpoint: Tidy the Safe Copy…");
    await on.window
      .notification(/There is nothing to tidy\. The store keeps .*everything of the last 30 days/)
      .waitFor();
    await on.window.screenshot("tidying-1-nothing");
    await on.window.clearNotifications();
  });

  it("shows what would go and why, and what Enter takes changes nothing", async () => {
    await on.window.runCommand("Forkpoint: Choose What the Safe Copy Keeps…");
    await on.window.quickInput.titled("What the safe copy keeps").waitFor();
    await on.window.quickInput.row("as it is now").waitFor();
    await on.window.screenshot("tidying-2-retention");
    await on.window.quickInput.choose("Only what timelines show");
    await plan().waitFor();
    await on.window.quickInput.row("in no timeline any more").waitFor();
    await on.window.quickInput.row("nothing needs it").first().waitFor();
    await on.window.screenshot("tidying-3-plan");
    await on.window.quickInput.accept();
    await on.window.quickInput.closed();
    const { retention } = (await on.project.forkpoint("gc", "--dry-run")) as { retention: { days: number } };
    assert.equal(retention.days, 30);
  });

  it("takes the numbers that somebody types", async () => {
    await on.window.runCommand("Forkpoint: Choose What the Safe Copy Keeps…");
    await on.window.quickInput.choose("Other numbers…");
    await on.window.quickInput.titled("(1 of 5)").waitFor();
    await on.window.quickInput.type("many");
    await on.window.quickInput.message.getByText("Type a whole number.").waitFor();
    await on.window.quickInput.type("0");
    await on.window.acceptProposals(5);
    await plan().waitFor();
    await on.window.quickInput.dismiss();
  });

  it("condemns first, and says when it can be deleted", async () => {
    await on.window.runCommand("Forkpoint: Choose What the Safe Copy Keeps…");
    await on.window.quickInput.choose("Only what timelines show");
    await plan().waitFor();
    await on.window.quickInput.choose("Tidy the store");
    const done = /From now on the store keeps .* Condemned 1 snapshot and \d packs?\. Tidy again in 24 hours/;
    await on.window.notification(done).waitFor();
    await on.window.screenshot("tidying-4-condemned");
    await on.window.clearNotifications();
    await on.window.runCommand("Forkpoint: Tidy the Safe Copy…");
    await plan().waitFor();
    await on.window.page.getByPlaceholder(/Condemned: 1 snapshot.*in 24 hours or later/).waitFor();
    assert.equal(await on.window.quickInput.row("Tidy the store").count(), 0);
    await on.window.screenshot("tidying-5-waiting");
    await on.window.quickInput.accept();
    await on.window.quickInput.closed();
  });

  it("deletes what is still not needed when its time has come", async () => {
    const before = packs();
    ageCondemned();
    await on.window.runCommand("Forkpoint: Tidy the Safe Copy…");
    await plan().waitFor();
    await on.window.page.getByPlaceholder("Deletes for good").waitFor();
    await on.window.quickInput.choose("Tidy the store");
    await on.window.notification(/Deleted 1 snapshot and \d packs? from the store: .* free/).waitFor();
    await on.window.screenshot("tidying-6-deleted");
    assert.ok(packs() < before, `${packs()} packs are left of ${before}`);
    await on.window.clearNotifications();
  });

  it("is done by itself when somebody says so, which the health page shows", async () => {
    await on.window.statusBarItem("demo").click();
    await on.window.webview.getByText(/^when you ask for it; last just now/).waitFor();
    await on.window.webview.getByRole("button", { name: "When it is tidied…" }).click();
    await on.window.quickInput.titled("Tidy the safe copy by itself").waitFor();
    await on.window.screenshot("tidying-7-schedule");
    await on.window.quickInput.choose("Every week");
    await on.window.notification("The safe copy is tidied by itself every 7 days.").waitFor();
    await on.window.webview.getByText(/^by itself every 7 days/).waitFor();
    await on.window.screenshot("tidying-8-health");
    const { tidying } = (await on.project.forkpoint("store", "show")) as { tidying: { everyHours: number } };
    assert.equal(tidying.everyHours, 7 * 24);
  });
});
