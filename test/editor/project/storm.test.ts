import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { OpenProject, withSettings } from "../support/openProject.ts";

const amount = 50;

describe("a storm of snapshots", () => {
  let opened: OpenProject;

  withSettings({ maxSnapshots: 200 });

  before(async () => (opened = await OpenProject.open()));
  after(() => opened.dispose());

  it("is read at most four times a second, and to its end", async () => {
    await eventually("the setting's way to the agent", async () => {
      const { projectId } = opened.project;
      const project = await opened.agent.call("project/show", { project: projectId });
      return project.settings.maxSnapshots === 200;
    });
    const [began, before] = [performance.now(), opened.api.refreshes];
    for (let number = 0; number < amount; number++) {
      opened.write("src/data.json", `{ "storm": ${number} }\n`);
      const label = `storm ${number}`;
      await opened.agent.call("snapshot/create", { project: opened.project.projectId, label });
    }
    await eventually("the last of them", () => opened.api.entries[0]?.label === `storm ${amount - 1}`);
    const seen = opened.api.entries.filter(({ label }) => label?.startsWith("storm "));
    assert.equal(seen.length, amount);
    const most = Math.ceil((performance.now() - began) / 250) + 1;
    const refreshes = opened.api.refreshes - before;
    assert.ok(refreshes > 0 && refreshes <= most, `${refreshes} refreshes, at most ${most}`);
  });
});
