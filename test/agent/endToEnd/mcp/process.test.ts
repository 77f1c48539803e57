import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import type { Handlers } from "../../../../agent/server/handlers.ts";
import { McpClient, mcpProcess } from "../../../support/mcpClient.ts";
import { ServedHandlers } from "../../../support/servedHandlers.ts";
import { shop } from "../../../support/shopProject.ts";

const summary = { added: 0, modified: 0, removed: 0, renamed: 0, metadata: 0 };
const step = { total: 10, unit: "files", rate: null } as const;

describe("the process of forkpoint mcp", function () {
  this.timeout(30_000);
  let served: ServedHandlers;
  /** Ends when the agent was told to stop. */
  let cancelled: Promise<unknown>;
  let began: Promise<void>;
  let begin: () => void;

  const handlers: Partial<Handlers> = {
    "project/resolve": ({ path }) => ({ project: path === "/usr" ? shop : null }),
    "project/show": () => shop,
    "timeline/list": () => ({ entries: [], more: false, matches: null, idLength: 4 }),
    "timeline/diff": async ({ from }, { signal, report }) => {
      if (from === "slow") {
        cancelled = once(signal, "abort");
        begin();
        await cancelled;
        signal.throwIfAborted();
      }
      report({ ...step, message: "Reading", done: 4 });
      // Reports closer to each other are thinned out on the way.
      await new Promise((resolve) => setTimeout(resolve, 250));
      report({ ...step, message: "Comparing", done: 2 });
      await new Promise((resolve) => setTimeout(resolve, 250));
      return { changes: [], summary, truncated: false };
    },
  };

  function start(...args: string[]): ChildProcess {
    const { command, args: all, env } = mcpProcess(served.home, args);
    return spawn(command, all, { env, cwd: "/usr", stdio: ["pipe", "pipe", "pipe"] });
  }
  const request = (id: number, method: string, params: object) =>
    `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;
  const initialize = request(1, "initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  });

  before(async () => {
    served = await ServedHandlers.start(handlers);
  });
  beforeEach(() => {
    began = new Promise((resolve) => (begin = resolve));
  });
  after(() => served.stop());

  it("says nothing on stdout but the protocol, also after what is none, and ends with stdin", async () => {
    const child = start();
    const { stdin, stdout, stderr } = child;
    assert.ok(stdin && stdout && stderr);
    const status = once(child, "exit");
    const said = Promise.all([text(stdout), text(stderr)]);
    stdin.end(`not the protocol\n${initialize}${request(2, "tools/list", {})}`);
    const [code] = (await status) as [number];
    const [out, err] = await said;
    const answers = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { jsonrpc: string; id: number });
    assert.deepEqual(
      answers.map(({ jsonrpc, id }) => [jsonrpc, id]),
      [
        ["2.0", 1],
        ["2.0", 2],
      ],
    );
    assert.match(err, /^mcp: /);
    assert.equal(code, 0);
  });

  it("has the agent take back what is under way when stdin ends", async () => {
    const child = start();
    const status = once(child, "exit");
    child.stdin?.write(initialize);
    child.stdin?.write(request(2, "tools/call", { name: "diff", arguments: { from: "slow" } }));
    await began;
    child.stdin?.end();
    await cancelled;
    assert.deepEqual(await status, [0, null]);
  });

  it("passes a cancellation on to the agent", async () => {
    const mcp = await McpClient.start(served.home, { cwd: "/usr" });
    const stop = new AbortController();
    const call = mcp.client.callTool({ name: "diff", arguments: { from: "slow" } }, undefined, {
      signal: stop.signal,
    });
    await began;
    stop.abort("enough");
    await assert.rejects(call, (thrown) => thrown instanceof McpError || thrown === "enough");
    await cancelled;
    // It answers the next one.
    assert.deepEqual(await mcp.result("timeline"), {
      entries: [],
      nextBefore: null,
      said: "shop has no such snapshots.",
    });
    await mcp.end();
  });

  it("passes the agent's progress on, in numbers that only grow", async () => {
    const mcp = await McpClient.start(served.home, { cwd: "/usr" });
    const seen: unknown[] = [];
    await mcp.client.callTool({ name: "diff", arguments: { from: "7k2m" } }, undefined, {
      onprogress: (progress) => seen.push(progress),
    });
    assert.deepEqual(seen, [
      { progress: 4, total: 10, message: "Reading 4 files of 10 files (40 %)" },
      { progress: 6, total: 14, message: "Comparing 2 files of 10 files (20 %)" },
    ]);
    await mcp.end();
  });

  it("serves outside of any project, too, and says there what is missing", async () => {
    const mcp = await McpClient.start(served.home, { cwd: "/", args: ["--project", "./tmp"] });
    for (const name of ["timeline", "snapshot"]) {
      const { code, message, hint } = await mcp.error(name);
      assert.deepEqual([code, message], ["PROJECT_NOT_FOUND", "/tmp lies in no project."]);
      assert.match(hint, /forkpoint project import/);
    }
    await mcp.end();
  });

  it("ends with an error, and no protocol, when a fork of no project is wanted", async () => {
    const child = start("--fork", "--project", "/tmp");
    assert.ok(child.stdout && child.stderr);
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    assert.deepEqual(await once(child, "exit"), [1, null]);
    const [out, err] = await said;
    assert.equal(out, "");
    assert.match(err, /\/tmp lies in no project\. \[PROJECT_NOT_FOUND\]/);
  });

  it("answers a tool that the agent fails in a way nobody foresaw", async () => {
    const mcp = await McpClient.start(served.home, { cwd: "/usr" });
    assert.equal((await mcp.error("fork", { slug: "x" })).code, "INTERNAL");
    await assert.rejects(
      mcp.client.callTool({ name: "nothing" }),
      (thrown) => thrown instanceof McpError && thrown.code === (ErrorCode.InvalidParams as number),
    );
    await mcp.end();
  });
});
