import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GcState } from "../../../agent/repository/garbage/gcRecord.ts";
import { openSealed, sealObject } from "../../../agent/repository/jsonObject.ts";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

const daysMs = 3 * 24 * 3_600_000;

describe("tidying the safe copy", function () {
  this.timeout(400_000);
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;
  let store: string;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
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
    editor = await EditorWindow.start(project);
    window = await editor.open();
    await window.statusBarItem("demo").waitFor();
  });
  after(async () => {
    await editor?.dispose();
    await project?.dispose();
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
  const plan = () => window.quickInput.titled(/Tidy the safe copy: .* can become free/);

  it("has nothing to do while everything is to be kept", async () => {
    await window.runCommand("Forkpoint: Tidy the Safe Copy…");
    await window
      .notification(/There is nothing to tidy\. The store keeps .*everything of the last 30 days/)
      .waitFor();
    await window.screenshot("tidying-1-nothing");
    await window.clearNotifications();
  });

  it("shows what would go and why, and what Enter takes changes nothing", async () => {
    await window.runCommand("Forkpoint: Choose What the Safe Copy Keeps…");
    await window.quickInput.titled("What the safe copy keeps").waitFor();
    await window.quickInput.row("as it is now").waitFor();
    await window.screenshot("tidying-2-retention");
    await window.quickInput.choose("Only what timelines show");
    await plan().waitFor();
    await window.quickInput.row("in no timeline any more").waitFor();
    await window.quickInput.row("nothing needs it").first().waitFor();
    await window.screenshot("tidying-3-plan");
    await window.quickInput.accept();
    await window.quickInput.closed();
    const { retention } = (await project?.forkpoint("gc", "--dry-run")) as { retention: { days: number } };
    assert.equal(retention.days, 30);
  });

  it("takes the numbers that somebody types", async () => {
    await window.runCommand("Forkpoint: Choose What the Safe Copy Keeps…");
    await window.quickInput.choose("Other numbers…");
    await window.quickInput.titled("(1 of 5)").waitFor();
    await window.quickInput.type("many");
    await window.quickInput.message.getByText("Type a whole number.").waitFor();
    await window.quickInput.type("0");
    await window.acceptProposals(5);
    await plan().waitFor();
    await window.quickInput.dismiss();
  });

  it("condemns first, and says when it can be deleted", async () => {
    await window.runCommand("Forkpoint: Choose What the Safe Copy Keeps…");
    await window.quickInput.choose("Only what timelines show");
    await plan().waitFor();
    await window.quickInput.choose("Tidy the store");
    const done = /From now on the store keeps .* Condemned 1 snapshot and \d packs?\. Tidy again in 24 hours/;
    await window.notification(done).waitFor();
    await window.screenshot("tidying-4-condemned");
    await window.clearNotifications();
    await window.runCommand("Forkpoint: Tidy the Safe Copy…");
    await plan().waitFor();
    await window.page.getByPlaceholder(/Condemned: 1 snapshot.*in 24 hours or later/).waitFor();
    assert.equal(await window.quickInput.row("Tidy the store").count(), 0);
    await window.screenshot("tidying-5-waiting");
    await window.quickInput.accept();
    await window.quickInput.closed();
  });

  it("deletes what is still not needed when its time has come", async () => {
    const before = packs();
    ageCondemned();
    await window.runCommand("Forkpoint: Tidy the Safe Copy…");
    await plan().waitFor();
    await window.page.getByPlaceholder("Deletes for good").waitFor();
    await window.quickInput.choose("Tidy the store");
    await window.notification(/Deleted 1 snapshot and \d packs? from the store: .* free/).waitFor();
    await window.screenshot("tidying-6-deleted");
    assert.ok(packs() < before, `${packs()} packs are left of ${before}`);
    await window.clearNotifications();
  });

  it("is done by itself when somebody says so, which the health page shows", async () => {
    await window.statusBarItem("demo").click();
    await window.webview.getByText(/^when you ask for it; last just now/).waitFor();
    await window.webview.getByRole("button", { name: "When it is tidied…" }).click();
    await window.quickInput.titled("Tidy the safe copy by itself").waitFor();
    await window.screenshot("tidying-7-schedule");
    await window.quickInput.choose("Every week");
    await window.notification("The safe copy is tidied by itself every 7 days.").waitFor();
    await window.webview.getByText(/^by itself every 7 days/).waitFor();
    await window.screenshot("tidying-8-health");
    const { tidying } = (await project?.forkpoint("store", "show")) as { tidying: { everyHours: number } };
    assert.equal(tidying.everyHours, 7 * 24);
  });
});
