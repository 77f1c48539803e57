import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { AgentClient } from "../../../../agent/protocol/client/agentClient.ts";
import type { Entry } from "../../../../agent/protocol/entry.ts";
import type { Project } from "../../../../agent/protocol/project.ts";
import { Machine } from "../../../support/machine.ts";
import { McpClient } from "../../../support/mcpClient.ts";

describe("an assistant's turn, by forkpoint mcp", function () {
  this.timeout(60_000);
  let machine: Machine;
  let shop: Project;
  let agent: AgentClient;
  let last = 0;
  const clients: McpClient[] = [];
  before(async () => {
    machine = await Machine.withPool();
    const source = machine.makeFolder("shop");
    writeFileSync(join(source, "page"), "first");
    machine.give(source);
    shop = await machine.import(source);
    agent = await machine.connect();
    await agent.call("project/configure", { project: "shop", settings: { maxSnapshots: 100 } });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.end();
  });
  after(() => machine.end());

  const start = async (options: { args?: string[]; quietMs?: number; restores?: boolean } = {}) => {
    const { args = [], quietMs, restores = true } = options;
    const client = await McpClient.start(machine.home, {
      cwd: shop.path,
      args: restores ? ["--allow-restore", ...args] : args,
      env: quietMs === undefined ? {} : { FORKPOINT_TURN_QUIET_MS: String(quietMs) },
    });
    clients.push(client);
    return client;
  };
  /** Something that is nowhere yet. */
  const write = (name = "page", project = shop) => {
    const text = `version ${++last}`;
    writeFileSync(join(project.path, name), text);
    return text;
  };
  const entries = async (project = "shop") => (await agent.call("timeline/list", { project })).entries;
  const pageOf = (all: readonly Entry[], id: string | null | undefined) =>
    readFileSync(join(all.find(({ snapshotId }) => snapshotId === id)?.path ?? "none", "page"), "utf8");
  const seen = new Set<string>();
  /** Waits until the newest entry holds what came of the next turn, counted. */
  const cameOf = async (project = "shop") => {
    for (;;) {
      const all = await entries(project);
      const [newest] = all;
      const act = newest?.act;
      const isTurn = act?.cause === "assistant" && act.afterId === newest?.snapshotId && act.change !== null;
      if (newest && isTurn && !seen.has(act.actId)) {
        seen.add(act.actId);
        return { all, newest, act };
      }
      await pause(50);
    }
  };

  const killAgent = async () => {
    process.kill(await machine.pid(), "SIGKILL");
    // Its end is seen by all its clients in the same moment.
    await new Promise<void>((resolve) => agent.onDisconnect(resolve));
    await pause(500);
  };

  it("keeps what was there before a tool that only reads, and what came of it when the client goes", async () => {
    const person = write();
    const mcp = await start();
    assert.match(mcp.client.getInstructions() ?? "", /The state before your turn is kept by itself/);
    const { entries: listed } = await mcp.result<{ entries: Entry[] }>("timeline");
    assert.equal(listed[0]?.cause, "assistant");
    const [before] = await entries();
    assert.deepEqual([before?.act?.what, before?.act?.outcome], ["assistant (test)", "running"]);
    const assistant = write();
    writeFileSync(join(shop.path, "large"), "x".repeat(2048));
    await mcp.end();
    const { all, newest, act } = await cameOf();
    assert.deepEqual([pageOf(all, act.beforeId), pageOf(all, newest.snapshotId)], [person, assistant]);
    assert.deepEqual([act.what, act.outcome], ["assistant (test)", "done"]);
    assert.ok((act.change?.bytes ?? 0) >= 2048);
    assert.equal(act.change?.files, 2);
  });

  it("is over once no tool is called for a while, and another begins with the next call", async () => {
    const mcp = await start({ quietMs: 1000 });
    await mcp.result("timeline");
    const one = write();
    const first = await cameOf();
    assert.equal(pageOf(first.all, first.newest.snapshotId), one);
    const between = write();
    await mcp.result("timeline");
    const two = write();
    await mcp.end();
    const { all, act } = await cameOf();
    assert.notEqual(act.actId, first.act.actId);
    assert.deepEqual([pageOf(all, act.beforeId), pageOf(all, act.afterId)], [between, two]);
  });

  it("leaves nothing when nothing changed", async () => {
    const mcp = await start();
    const before = (await entries()).length;
    const { entries: all } = await mcp.result<{ entries: Entry[] }>("timeline");
    await mcp.result("diff", { from: all[0]?.snapshotId });
    await mcp.end();
    assert.equal((await entries()).length, before);
    assert.ok((await entries()).every(({ act }) => act?.outcome !== "running"));
  });

  it("holds snapshots that the assistant asks for, forks and restores", async () => {
    const person = write();
    const mcp = await start();
    await mcp.result("timeline");
    write();
    const asked = await mcp.result<{ created: boolean; entry: Entry }>("snapshot");
    assert.equal(asked.created, true);
    await mcp.result("fork", { slug: "tried" });
    write();
    await mcp.result("restore", { snapshot: asked.entry.snapshotId });
    const done = write();
    await mcp.end();
    const { all, act } = await cameOf();
    assert.deepEqual([pageOf(all, act.beforeId), pageOf(all, act.afterId)], [person, done]);
    assert.ok(all.some(({ snapshotId }) => snapshotId === asked.entry.snapshotId));
    await mcp.end();
  });

  it("is ended by the agent when the server is killed", async () => {
    const mcp = await start();
    await mcp.result("timeline");
    const half = write();
    process.kill(mcp.pid, "SIGKILL");
    const { newest, all } = await cameOf();
    assert.deepEqual([pageOf(all, newest.snapshotId), newest.act?.outcome], [half, "done"]);
  });

  for (const [how, endAgent] of [
    ["was stopped", () => machine.stopAgent()],
    ["was killed", () => killAgent()],
  ] as const) {
    it(`goes on as another one when the agent that saw it begin ${how}`, async () => {
      const mcp = await start();
      await mcp.result("timeline");
      const one = write();
      await endAgent();
      await mcp.result("timeline");
      agent = await machine.connect();
      const first = await cameOf();
      assert.equal(pageOf(first.all, first.newest.snapshotId), one);
      const two = write();
      await mcp.end();
      const { all, act } = await cameOf();
      assert.deepEqual([pageOf(all, act.beforeId), pageOf(all, act.afterId)], [one, two]);
    });
  }

  it("starts no agent only to be over", async () => {
    const mcp = await start({ quietMs: 1000 });
    await mcp.result("timeline");
    await machine.stopAgent();
    await mcp.end();
    assert.deepEqual(await mcp.said, "");
    await assert.rejects(machine.pid());
    agent = await machine.connect();
  });

  it("is one of each of two assistants at once", async () => {
    const [one, other] = [await start(), await start()];
    await Promise.all([one.result("timeline"), other.result("timeline")]);
    const of = write();
    await Promise.all([one.end(), other.end()]);
    const { all, act } = await cameOf();
    assert.equal(pageOf(all, act.afterId), of);
    assert.ok(all.every(({ act: each }) => each?.outcome !== "running"));
  });

  it("is that of the fork alone with the seat belt", async () => {
    const before = (await entries()).length;
    const mcp = await start({ args: ["--fork", "belt"], restores: false });
    const belt = await agent.call("project/show", { project: "belt" });
    await mcp.result("timeline");
    const text = write("page", belt);
    await mcp.end();
    const { all, act } = await cameOf("belt");
    assert.equal(pageOf(all, act.afterId), text);
    assert.deepEqual(
      all.map(({ cause }) => cause),
      ["assistant", "fork"],
    );
    assert.equal((await entries()).length, before);
  });

  it("takes nothing with --no-turns, and promises nothing", async () => {
    const before = (await entries()).length;
    write();
    const mcp = await start({ args: ["--no-turns"] });
    assert.doesNotMatch(mcp.client.getInstructions() ?? "", /turn/);
    await mcp.result("timeline");
    await mcp.end();
    assert.equal((await entries()).length, before);
  });
});
