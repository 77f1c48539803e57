import assert from "node:assert/strict";
import * as vscode from "vscode";
import { defaultRules } from "../../../agent/protocol/retention.ts";
import { eventually } from "../support/eventually.ts";
import { OpenProject } from "../support/openProject.ts";

describe("settings of the editor", () => {
  let opened: OpenProject;

  before(async () => (opened = await OpenProject.open()));
  after(() => opened.dispose());

  const set = (name: string, value: unknown) =>
    vscode.workspace.getConfiguration("forkpoint").update(name, value, vscode.ConfigurationTarget.Global);
  const known = async () =>
    (await opened.agent.call("project/show", { project: opened.project.projectId })).settings;

  it("reach the agent, and go back when they are taken away", async () => {
    // Nothing goes by this one when it is taken away, so that nobody is asked.
    await set("keepMonths", 37);
    await set("autoSnapshotMinutes", 25);
    await set("undeleteHours", 3);
    await eventually("the agent's settings", async () => {
      const { keepMonths, autoSnapshotMinutes, undeleteHours } = await known();
      return keepMonths === 37 && autoSnapshotMinutes === 25 && undeleteHours === 3;
    });
    await set("keepMonths", undefined);
    await set("autoSnapshotMinutes", undefined);
    await set("undeleteHours", undefined);
    const defaults = await eventually("the defaults", async () => {
      const { keepMonths, autoSnapshotMinutes, undeleteHours } = await known();
      const isBack = keepMonths !== 37 && autoSnapshotMinutes !== 25 && undeleteHours !== 3;
      return isBack && { keepMonths, autoSnapshotMinutes, undeleteHours };
    });
    const { keepMonths } = defaultRules;
    assert.deepEqual(defaults, { keepMonths, autoSnapshotMinutes: 10, undeleteHours: 24 });
  });

  it("limit what is sent and fetched, and leave it unlimited when they are taken away", async () => {
    const limits = async () => (await opened.agent.call("store/show", {})).store?.limits;
    await set("store.uploadLimit", 2048);
    await eventually("the limit", async () => (await limits())?.upload === 2048 * 1024);
    assert.equal((await limits())?.download, null);
    await set("store.uploadLimit", undefined);
    await eventually("no limit", async () => (await limits())?.upload === null);
  });
});
