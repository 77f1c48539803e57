import assert from "node:assert/strict";
import { readEndpoint } from "../../../agent/protocol/client/readEndpoint.ts";
import { forkpointHome } from "../../../agent/protocol/home.ts";
import { eventually } from "../support/eventually.ts";
import { OpenProject, anotherClient } from "../support/openProject.ts";

describe("the agent behind the editor", () => {
  let opened: OpenProject;

  before(async () => (opened = await OpenProject.open()));
  after(() => opened.dispose());

  const pid = async () => (await readEndpoint(forkpointHome(process.env)))?.pid;
  const ready = () => eventually("a window that is ready", () => opened.api.state.kind === "ready");

  it("is the one that the command line uses", async () => {
    const { agent } = await opened.agent.call("project/status", {});
    assert.equal(agent.pid, await pid());
  });

  it("comes back by itself when it was killed, and the window with it", async () => {
    const killed = await pid();
    assert.ok(killed);
    process.kill(killed, "SIGKILL");
    await eventually("another agent", async () => {
      const now = await pid();
      return now !== undefined && now !== killed;
    });
    await ready();
    opened.write("src/app.js", "after the agent came back\n");
    await opened.snapshot("by the new agent");
  });

  it("stays stopped when someone stopped it, until it is asked for again", async () => {
    const client = await anotherClient();
    const stopped = await pid();
    await client.call("agent/stop", { mode: "now" });
    client.dispose();
    await eventually("a window that knows", () => opened.api.state.kind === "agent-stopped");
    assert.equal(opened.api.status.commands[0], "forkpoint.startAgent");
    await opened.run("startAgent");
    await ready();
    assert.notEqual(await pid(), stopped);
  });
});
