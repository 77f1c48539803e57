import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../../../../agent/protocol/project.ts";
import { Machine } from "../../../support/machine.ts";
import { McpClient } from "../../../support/mcpClient.ts";

interface Listed {
  entries: { snapshotId: string; label: string | null; cause: string; head: boolean }[];
  nextBefore: string | null;
}
interface Diffed {
  changes: { path: string; kind: string; from?: string }[];
  summary: Record<string, number>;
  nextOffset: number | null;
}
interface Shown {
  text: string;
  size: number;
  offset: number;
  nextOffset: number | null;
}
interface Restored {
  restored: boolean;
  undo: { snapshotId: string; command: string } | null;
}

/** The steps build on each other; a failed one fails those after it. */
describe("the tools of forkpoint mcp", function () {
  this.timeout(60_000);
  let machine: Machine;
  let project: Project & { snapshotId: string };
  let mcp: McpClient;
  let first: string;
  const file = (name: string) => join(project.path, name);

  before(async () => {
    machine = await Machine.withPool();
    const source = machine.makeFolder("shop");
    mkdirSync(join(source, "src"));
    writeFileSync(join(source, "src/server.js"), "listen();\n");
    writeFileSync(join(source, "umlauts"), "äöü".repeat(20));
    writeFileSync(join(source, "image"), Buffer.from([0x89, 0x50, 0, 1]));
    symlinkSync("/etc/passwd", join(source, "link"));
    symlinkSync("/etc", join(source, "folder"));
    machine.give(source);
    project = await machine.import(source);
    first = project.snapshotId;
    mcp = await McpClient.start(machine.home, { cwd: join(project.path, "src"), args: ["--allow-restore"] });
  });
  after(async () => {
    await mcp.end();
    await machine.end();
  });

  it("say beforehand what they do to the workspace", async () => {
    const { tools } = await mcp.client.listTools();
    const hints = tools.map(({ name, annotations }) => [
      name,
      annotations?.readOnlyHint,
      annotations?.destructiveHint,
    ]);
    assert.deepEqual(hints, [
      ["timeline", true, false],
      ["snapshot", false, false],
      ["diff", true, false],
      ["show", true, false],
      ["fork", false, false],
      ["restore", false, true],
    ]);
    assert.match(mcp.client.getInstructions() ?? "", /`restore` asks nobody here/);
  });

  it("take snapshots, and none when nothing changed", async () => {
    const none = await mcp.result<{ created: boolean; entry: { snapshotId: string } }>("snapshot");
    assert.deepEqual([none.created, none.entry.snapshotId], [false, first]);
    const named = await mcp.result<{ created: boolean; entry: { label: string; note: string } }>("snapshot", {
      label: "Before the upgrade",
      note: "all works",
    });
    assert.deepEqual(
      [named.created, named.entry.label, named.entry.note],
      [true, "Before the upgrade", "all works"],
    );
  });

  it("list snapshots by page, text and cause", async () => {
    const all = await mcp.result<Listed>("timeline");
    assert.deepEqual(
      all.entries.map(({ label, cause, head }) => [label, cause, head]),
      [
        ["Before the upgrade", "assistant", true],
        [null, "import", false],
      ],
    );
    assert.match(all.said, /assistant {2}local {2}Before the upgrade {2}\(the workspace stands on it\)/);
    const page = await mcp.result<Listed>("timeline", { limit: 1 });
    assert.equal(page.nextBefore, all.entries[0]?.snapshotId);
    const next = await mcp.result<Listed>("timeline", { limit: 1, before: page.nextBefore });
    assert.deepEqual([next.entries[0]?.snapshotId, next.nextBefore], [first, null]);
    const ids = async (args: object) =>
      (await mcp.result<Listed>("timeline", { ...args })).entries.map(({ cause }) => cause);
    assert.deepEqual(await ids({ text: "WORKS" }), ["assistant"]);
    assert.deepEqual(await ids({ causes: ["import", "guard"] }), ["import"]);
    assert.deepEqual(await ids({ text: "works", causes: ["import"] }), []);
  });

  it("compare a snapshot with now and with another, by page", async () => {
    writeFileSync(file("src/server.js"), "listen(8080);\n");
    writeFileSync(file("new"), "new");
    rmSync(file("umlauts"));
    const all = await mcp.result<Diffed>("diff", { from: first.slice(0, 6) });
    const kinds = new Map(all.changes.map(({ path, kind }) => [path, kind]));
    assert.equal(kinds.get("src/server.js"), "modified");
    assert.equal(kinds.get("new"), "added");
    assert.equal(kinds.get("umlauts"), "removed");
    assert.match(all.said, /^M {2}src\/server\.js$/m);
    const pages: string[] = [];
    for (let offset: number | null = 0; offset !== null;) {
      const page: Diffed = await mcp.result<Diffed>("diff", { from: first, offset, limit: 1 });
      assert.deepEqual(page.summary, all.summary);
      pages.push(...page.changes.map(({ path }) => path));
      offset = page.nextOffset;
    }
    assert.deepEqual(
      pages,
      all.changes.map(({ path }) => path),
    );
    const [newest] = (await mcp.result<Listed>("timeline", { limit: 1 })).entries;
    const same = await mcp.result<Diffed>("diff", { from: first, to: newest?.snapshotId });
    assert.deepEqual([same.changes, same.said], [[], "no differences"]);
  });

  it("show the text of a file as it was, in parts that cut no character", async () => {
    const whole = await mcp.result<Shown>("show", { snapshot: first.slice(0, 4), path: "src/server.js" });
    assert.deepEqual([whole.text, whole.said, whole.nextOffset], ["listen();\n", "listen();\n", null]);
    let text = "";
    for (let offset: number | null = 0; offset !== null;) {
      const part: Shown = await mcp.result<Shown>("show", {
        snapshot: first,
        path: "umlauts",
        offset,
        limit: 17,
      });
      assert.equal(part.size, 120);
      text += part.text;
      offset = part.nextOffset;
    }
    assert.equal(text, "äöü".repeat(20));
    const middle = await mcp.result<Shown>("show", {
      snapshot: first,
      path: "umlauts",
      offset: 1,
      limit: 16,
    });
    assert.deepEqual([middle.offset, middle.text], [2, "öüäöüäö"]);
  });

  it("show nothing that is outside, behind a link, or no text", async () => {
    const code = async (path: string) => (await mcp.error("show", { snapshot: first, path })).code;
    assert.equal(await code("../shop/src/server.js"), "PATH_OUTSIDE_VOLUME");
    assert.equal(await code("/etc/passwd"), "PATH_OUTSIDE_VOLUME");
    assert.equal(await code("link"), "PATH_OUTSIDE_VOLUME");
    assert.equal(await code("folder/passwd"), "PATH_OUTSIDE_VOLUME");
    assert.equal(await code("nowhere"), "PATH_NOT_FOUND");
    assert.equal(await code("image"), "BAD_REQUEST");
    assert.equal(await code("src"), "BAD_REQUEST");
  });

  it("fork now and a snapshot", async () => {
    const now = await mcp.result<{ path: string }>("fork", { slug: "now" });
    assert.equal(readFileSync(join(now.path, "new"), "utf8"), "new");
    const then = await mcp.result<{ path: string; fromSnapshotId: string; said: string }>("fork", {
      slug: "then",
      snapshot: first,
    });
    assert.equal(readFileSync(join(then.path, "src/server.js"), "utf8"), "listen();\n");
    assert.equal(then.fromSnapshotId, first);
    assert.ok(then.said.includes(then.path));
  });

  it("restore paths and the whole, and say how to undo it", async () => {
    const paths = await mcp.result<Restored>("restore", { snapshot: first, paths: ["./umlauts"] });
    assert.equal(paths.restored, true);
    assert.equal(readFileSync(file("umlauts"), "utf8"), "äöü".repeat(20));
    assert.equal(readFileSync(file("new"), "utf8"), "new");
    const whole = await mcp.result<Restored>("restore", { snapshot: first });
    assert.equal(readFileSync(file("src/server.js"), "utf8"), "listen();\n");
    assert.equal(whole.undo?.command, "forkpoint undo shop");
    assert.ok(whole.said.includes("forkpoint undo shop"));
    await mcp.result<Restored>("restore", { snapshot: whole.undo.snapshotId });
    assert.equal(readFileSync(file("src/server.js"), "utf8"), "listen(8080);\n");
    const again = await mcp.result<Restored>("restore", { snapshot: whole.undo.snapshotId });
    assert.deepEqual([again.restored, again.undo], [false, null]);
  });

  it("answer wrong arguments and the agent's errors with code, message and hint", async () => {
    const code = async (name: string, args: object) => (await mcp.error(name, { ...args })).code;
    // The first one has rolled off by now.
    const [newest] = (await mcp.result<Listed>("timeline", { limit: 1 })).entries;
    const snapshot = newest?.snapshotId;
    assert.equal(await code("diff", {}), "BAD_REQUEST");
    assert.equal(await code("timeline", { limit: "many" }), "BAD_REQUEST");
    assert.equal(await code("snapshot", { label: "x".repeat(201) }), "BAD_REQUEST");
    assert.equal(await code("restore", { snapshot, paths: [] }), "BAD_REQUEST");
    assert.equal(await code("diff", { from: "nothere" }), "SNAPSHOT_NOT_FOUND");
    assert.equal(await code("show", { snapshot: "nothere", path: "new" }), "SNAPSHOT_NOT_FOUND");
    assert.equal(await code("restore", { snapshot, paths: ["../x"] }), "PATH_OUTSIDE_VOLUME");
    assert.equal(await code("restore", { snapshot, paths: ["nowhere"] }), "PATH_NOT_FOUND");
    assert.equal(await code("fork", { slug: "Not A Slug" }), "SLUG_INVALID");
    assert.equal(await code("fork", { slug: "shop" }), "SLUG_TAKEN");
    await assert.rejects(mcp.client.callTool({ name: "delete", arguments: {} }), /There is no tool delete/);
  });

  it("go on with the next agent when the one they had has ended", async () => {
    await machine.stopAgent();
    assert.ok((await mcp.result<Listed>("timeline")).entries.length > 0);
  });
});
