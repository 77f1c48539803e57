import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import type { Project } from "../../../../agent/protocol/project.ts";
import { Machine } from "../../../support/machine.ts";
import { McpClient } from "../../../support/mcpClient.ts";

describe("a restore that a client of forkpoint mcp asks for", function () {
  this.timeout(60_000);
  let machine: Machine;
  let project: Project & { snapshotId: string };
  let mcp: McpClient;
  let answer: ElicitResult | ((signal: AbortSignal) => Promise<ElicitResult>);
  const file = (name: string) => join(project.path, name);
  const restore = (args: object = {}) => ({ snapshot: project.snapshotId, ...args });

  before(async () => {
    machine = await Machine.withPool();
    const source = machine.makeFolder("shop");
    writeFileSync(join(source, "plain"), "first");
    writeFileSync(join(source, "gone"), "gone");
    machine.give(source);
    project = await machine.import(source);
    mcp = await McpClient.start(machine.home, {
      cwd: machine.folder,
      args: ["--project", "shop"],
      person: (signal) => (typeof answer === "function" ? answer(signal) : answer),
    });
  });
  beforeEach(() => {
    answer = { action: "accept", content: { agreed: true } };
    mcp.questions.length = 0;
    writeFileSync(file("plain"), "second");
    writeFileSync(file("added"), "added");
  });
  after(async () => {
    await mcp.end();
    await machine.end();
  });

  it("is done when a person agrees, who is told what it changes and removes", async () => {
    assert.match(mcp.client.getInstructions() ?? "", /`restore` asks a person first/);
    const { restored } = await mcp.result<{ restored: boolean }>("restore", restore());
    assert.equal(restored, true);
    assert.equal(readFileSync(file("plain"), "utf8"), "first");
    assert.equal(existsSync(file("added")), false);
    const [question = "", ...more] = mcp.questions;
    assert.deepEqual(more, []);
    assert.ok(question.startsWith(`Restore all of shop to the snapshot ${project.snapshotId}`), question);
    assert.match(question, /1 will be removed, 0 will come back\./);
    assert.match(question, /^Change: (?:.*, )?plain$/m);
    assert.match(question, /^Remove: added$/m);
    assert.match(question, /forkpoint undo/);
  });

  it("counts only what lies in the paths that are named", async () => {
    await mcp.result("restore", restore({ paths: ["./plain"] }));
    assert.match(mcp.questions[0] ?? "", /^Restore plain in shop .*\n1 path will change, 0 will be removed/);
    assert.equal(readFileSync(file("plain"), "utf8"), "first");
    assert.equal(readFileSync(file("added"), "utf8"), "added");
  });

  const noes: [string, ElicitResult][] = [
    ["declines", { action: "decline" }],
    ["closes the question", { action: "cancel" }],
    ["accepts without the tick", { action: "accept", content: { agreed: false } }],
  ];
  for (const [what, said] of noes) {
    it(`changes nothing when the person ${what}`, async () => {
      answer = said;
      const { code, hint } = await mcp.error("restore", restore());
      assert.equal(code, "CANCELLED");
      assert.match(hint, /Nothing was changed/);
      assert.equal(mcp.questions.length, 1);
      assert.equal(readFileSync(file("plain"), "utf8"), "second");
      assert.equal(readFileSync(file("added"), "utf8"), "added");
    });
  }

  it("changes nothing, and withdraws the question, when the call is cancelled meanwhile", async () => {
    const stop = new AbortController();
    const withdrawn = new Promise<void>((resolve) => {
      answer = async (signal) => {
        stop.abort("enough");
        await once(signal, "abort");
        resolve();
        return { action: "accept", content: { agreed: true } };
      };
    });
    const call = mcp.client.callTool({ name: "restore", arguments: restore() }, undefined, {
      signal: stop.signal,
    });
    await assert.rejects(call);
    await withdrawn;
    // Whatever it still did would be done before this answer.
    await mcp.result("snapshot");
    assert.equal(readFileSync(file("plain"), "utf8"), "second");
  });

  it("is refused by a client that cannot ask", async () => {
    const mute = await McpClient.start(machine.home, { cwd: project.path });
    const { code, hint } = await mute.error("restore", restore());
    await mute.end();
    assert.equal(code, "NOBODY_TO_ASK");
    assert.match(hint, /--allow-restore/);
    assert.equal(readFileSync(file("plain"), "utf8"), "second");
  });

  it("asks nobody about what cannot be done", async () => {
    assert.equal((await mcp.error("restore", restore({ snapshot: "nothere" }))).code, "SNAPSHOT_NOT_FOUND");
    assert.equal((await mcp.error("restore", restore({ paths: ["/etc"] }))).code, "PATH_OUTSIDE_VOLUME");
    assert.deepEqual(mcp.questions, []);
  });
});
