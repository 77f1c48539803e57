import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { readEndpoint } from "../../../agent/protocol/client/readEndpoint.ts";
import { agentExitCodes } from "../../../agent/protocol/endpoint.ts";
import { AgentHome, untilGone } from "../../support/agentHome.ts";

const target = { project: "p", snapshotId: "s" };

describe("an agent's life", () => {
  let home: AgentHome;
  beforeEach(() => (home = new AgentHome()));
  afterEach(() => home.end());

  it("keeps its home to its user", async () => {
    await home.connect(home.waitingAgent("1.0.0"));
    assert.equal(statSync(home.path).mode & 0o777, 0o700);
    for (const name of ["agent.json", "logs/agent.log", "logs/agent-start.log"]) {
      assert.equal(statSync(home.file(name)).mode & 0o777, 0o600, name);
    }
    const token = (await readEndpoint(home.path))?.token ?? "";
    assert.equal(token.length, 43);
    assert.equal(home.log().includes(token), false);
  });

  it("is one of five that start at once; the others say so and exit with 3", async () => {
    const { node, script } = home.waitingAgent("1.0.0");
    const started = Array.from({ length: 5 }, () =>
      spawn(node, [script], { env: { ...process.env, FORKPOINT_HOME: home.path }, stdio: "pipe" }),
    );
    let ended = 0;
    const outcomes = started.map(async (child) => {
      let output = "";
      child.stderr.on("data", (data: Buffer) => (output += data.toString("utf8")));
      await once(child, "close");
      ended++;
      return { code: child.exitCode, output };
    });
    while (ended < 4) await pause(10);
    const winner = await home.pid();
    (await home.connect()).dispose();
    process.kill(winner, "SIGTERM");
    const all = await Promise.all(outcomes);
    assert.deepEqual(all.map(({ code }) => code).sort(), [0, 3, 3, 3, 3]);
    for (const { output } of all.filter(({ code }) => code === agentExitCodes.alreadyRunning)) {
      assert.match(output, /"AGENT_ALREADY_RUNNING"/);
    }
  });

  it("ends after an idle time without clients and work", async () => {
    process.env["FORKPOINT_IDLE_MINUTES"] = "0.005";
    try {
      const client = await home.connect(home.waitingAgent("1.0.0"));
      const pid = await home.pid();
      await pause(1000);
      await assert.rejects(client.call("project/list", {}), { code: "PROJECT_NOT_FOUND" });
      writeFileSync(home.file("uploading"), "");
      client.dispose();
      await pause(1000);
      await (await home.connect()).call("agent/logs", { lines: 1 });
      assert.equal(await home.pid(), pid);
      home.dropClients();
      rmSync(home.file("uploading"));
      await untilGone(pid);
      assert.match(home.log(), /"reason":"idle"/);
      assert.equal(home.has("agent.json"), false);
    } finally {
      delete process.env["FORKPOINT_IDLE_MINUTES"];
    }
  });

  it("stays while a restore runs whose client is gone", async () => {
    process.env["FORKPOINT_IDLE_MINUTES"] = "0.002";
    try {
      const client = await home.connect(home.waitingAgent("1.0.0"));
      const pid = await home.pid();
      client.call("timeline/restore", target).catch(() => undefined);
      await client.call("agent/logs", { lines: 1 });
      client.dispose();
      await pause(600);
      writeFileSync(home.file("finish"), "");
      await untilGone(pid);
      assert.ok(home.has("finished"));
    } finally {
      delete process.env["FORKPOINT_IDLE_MINUTES"];
    }
  });

  it("cancels what runs when it is stopped, tells its clients, and leaves no endpoint", async () => {
    const client = await home.connect(home.waitingAgent("1.0.0"));
    const pid = await home.pid();
    const stopping = new Promise((resolve) => client.on("agent/stopping", ({ reason }) => resolve(reason)));
    const restore = client.call("timeline/restore", target);
    const cancelled = assert.rejects(restore, { code: "CANCELLED" });
    await client.call("agent/stop", { mode: "now" });
    await cancelled;
    assert.equal(await stopping, "stopped");
    await untilGone(pid);
    assert.equal(home.has("agent.json"), false);
    assert.equal(home.has("finished"), false);
  });

  it("takes no new work once retired, and finishes what runs", async () => {
    const client = await home.connect(home.waitingAgent("1.0.0"));
    const pid = await home.pid();
    const restore = client.call("timeline/restore", target);
    const stopping = new Promise((resolve) => client.on("agent/stopping", ({ reason }) => resolve(reason)));
    await client.call("agent/stop", { mode: "retire" });
    assert.equal(await stopping, "retired");
    await assert.rejects(client.call("project/list", {}), { code: "AGENT_STOPPING" });
    writeFileSync(home.file("finish"), "");
    assert.equal((await restore).summary.added, 1);
    await untilGone(pid);
  });
});
