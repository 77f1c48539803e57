import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { isOlder } from "../../../agent/protocol/client/replaceOlderAgent.ts";
import { ForkpointError } from "../../../agent/protocol/errors.ts";
import { processesWith } from "../../../scripts/machine.mjs";
import { AgentHome, untilGone } from "../../support/agentHome.ts";

const greeting = { client: "test", version: "1.0.0" };

describe("finding the agent", () => {
  let home: AgentHome;
  beforeEach(() => (home = new AgentHome()));
  afterEach(() => home.end());

  it("says that none runs when it may not start one", async () => {
    await assert.rejects(home.connect(), { code: "AGENT_UNREACHABLE" });
  });

  it("starts one, and finds it again", async () => {
    const first = await home.connect(home.waitingAgent("1.0.0"));
    const second = await home.connect(home.waitingAgent("1.0.0"));
    const pids = [await first.call("agent/hello", greeting), await second.call("agent/hello", greeting)];
    assert.equal(pids[0]?.pid, pids[1]?.pid);
  });

  it("ends up with one agent when several windows start one at once", async () => {
    const launch = home.waitingAgent("1.0.0");
    const clients = await Promise.all(Array.from({ length: 4 }, () => home.connect(launch)));
    const answers = await Promise.all(clients.map((client) => client.call("agent/hello", greeting)));
    assert.equal(new Set(answers.map(({ pid }) => pid)).size, 1);
  });

  it("ends the agent it started when another was quicker", async () => {
    const slow = home.waitingAgent("1.0.0");
    const script = home.file("slow.mjs");
    writeFileSync(script, "setInterval(() => undefined, 1000);");
    const late = home.connect({ ...slow, script });
    let started: { pid: number } | undefined;
    while (!started) {
      started = processesWith(`FORKPOINT_HOME=${home.path}`).find(({ command }) => command.includes(script));
      await pause(10);
    }
    await home.connect(slow);
    await late;
    await untilGone(started.pid);
  });

  it("starts another after a kill -9, over the dead one's file", async () => {
    const client = await home.connect(home.waitingAgent("1.0.0"));
    const pid = await home.pid();
    const gone = new Promise<void>((resolve) => client.onDisconnect(resolve));
    process.kill(pid, "SIGKILL");
    await gone;
    await untilGone(pid);
    assert.ok(home.has("agent.json"));
    const again = await home.connect(home.waitingAgent("1.0.0"));
    assert.notEqual((await again.call("agent/hello", greeting)).pid, pid);
  });

  it("sees through a file whose process id and port went to others, and a damaged one", async () => {
    const stranger = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(stranger, "listening");
    try {
      const { port } = stranger.address() as AddressInfo;
      const stale = {
        url: `ws://127.0.0.1:${port}`,
        token: "x".repeat(43),
        pid: process.pid,
        version: "1.0.0",
      };
      for (const text of [JSON.stringify(stale), '{"url":', ""]) {
        writeFileSync(home.file("agent.json"), text);
        const client = await home.connect(home.waitingAgent("1.0.0"));
        const { pid } = await client.call("agent/hello", greeting);
        process.kill(pid, "SIGKILL");
        await untilGone(pid);
      }
    } finally {
      stranger.close();
    }
  });

  it("replaces an older agent, whose restore is finished first", async () => {
    const old = await home.connect(home.waitingAgent("1.0.0"));
    const restore = old.call("timeline/restore", { project: "p", snapshotId: "s" });
    const replacement = home.connect(home.waitingAgent("1.1.0"));
    let replaced = false;
    void replacement.then(() => (replaced = true));
    await pause(500);
    assert.equal(replaced, false);
    writeFileSync(home.file("finish"), "");
    assert.equal((await restore).summary.added, 1);
    assert.equal((await (await replacement).call("agent/hello", greeting)).version, "1.1.0");
  });

  it("waits for an agent that is ending, of whatever version, and starts the next", async () => {
    const old = await home.connect(home.waitingAgent("1.0.0"));
    const restore = old.call("timeline/restore", { project: "p", snapshotId: "s" });
    await old.call("agent/stop", { mode: "retire" });
    const next = home.connect(home.waitingAgent("1.0.0"));
    writeFileSync(home.file("finish"), "");
    await restore;
    const { pid } = await (await next).call("agent/hello", greeting);
    assert.equal(pid, await home.pid());
  });

  it("stays with a newer agent", async () => {
    await home.connect(home.waitingAgent("1.1.0"));
    const client = await home.connect(home.waitingAgent("1.0.0"));
    assert.equal((await client.call("agent/hello", greeting)).version, "1.1.0");
  });

  it("gives up waiting when it is cancelled, and leaves the old agent at its work", async () => {
    const old = await home.connect(home.waitingAgent("1.0.0"));
    const restore = old.call("timeline/restore", { project: "p", snapshotId: "s" });
    const cancel = new AbortController();
    const replacement = home.connect(home.waitingAgent("1.1.0"), cancel.signal);
    await pause(300);
    cancel.abort();
    await assert.rejects(replacement, { code: "CANCELLED" });
    writeFileSync(home.file("finish"), "");
    await restore;
  });

  it("quotes what an agent wrote that ended while it started", async () => {
    const launch = home.waitingAgent("1.0.0");
    writeFileSync(launch.script, 'throw new Error("no luck today");');
    await assert.rejects(home.connect(launch), (thrown: unknown) => {
      assert.ok(thrown instanceof ForkpointError);
      assert.equal(thrown.code, "AGENT_UNREACHABLE");
      assert.match(thrown.message, /no luck today/);
      return true;
    });
    assert.match(readFileSync(home.file("logs/agent-start.log"), "utf8"), /no luck today/);
  });

  it("hands on the reason an agent gave for not starting", async () => {
    const launch = home.waitingAgent("1.0.0");
    const error = { code: "CATALOG_NEWER", message: "From the future.", hint: "Update." };
    writeFileSync(launch.script, `console.error('${JSON.stringify({ error })}'); process.exit(1);`);
    await assert.rejects(home.connect(launch), { code: "CATALOG_NEWER", message: "From the future." });
  });

  it("says so when the Node cannot be started or is too old", async () => {
    const launch = home.waitingAgent("1.0.0");
    await assert.rejects(home.connect({ ...launch, node: "/no/such/node" }), { code: "TOOL_MISSING" });
    const missing = "Error [ERR_UNKNOWN_BUILTIN_MODULE]: No such built-in module: node:sqlite";
    writeFileSync(launch.script, `console.error("${missing}"); process.exit(1);`);
    await assert.rejects(home.connect(launch), { code: "NODE_TOO_OLD" });
  });
});

describe("which version is older", () => {
  it("follows semantic versioning", () => {
    const ordered = [
      "0.9.0",
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
      "1.0.10",
      "1.2.0",
      "10.0.0",
    ];
    ordered.forEach((a, left) => {
      ordered.forEach((b, right) => assert.equal(isOlder(a, b), left < right, `${a} before ${b}`));
    });
    assert.equal(isOlder("1.0.0+build.1", "1.0.0"), false);
  });
});
