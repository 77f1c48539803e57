import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Project } from "../../../../agent/protocol/project.ts";
import type { DependencyChanges } from "../../../../agent/protocol/dependencies.ts";
import { Machine } from "../../../support/machine.ts";
import { McpClient } from "../../../support/mcpClient.ts";

describe("the parts of a workspace, for a client of forkpoint mcp", function () {
  this.timeout(60_000);
  let machine: Machine;
  let project: Project & { snapshotId: string };
  let mcp: McpClient;
  const file = (name: string) => join(project.path, name);

  const write = (root: string, { version, page }: { version: string; page: string }) => {
    const packages = { "node_modules/react": { version }, "node_modules/same": { version: "1.0.0" } };
    writeFileSync(join(root, "package-lock.json"), JSON.stringify({ lockfileVersion: 3, packages }));
    writeFileSync(join(root, "node_modules/react/index.js"), version);
    writeFileSync(join(root, "page"), page);
    const database = new DatabaseSync(join(root, "dev.db"));
    database.exec(`CREATE TABLE IF NOT EXISTS t (n); INSERT INTO t VALUES (1)`);
    database.close();
  };
  const rows = () => {
    const database = new DatabaseSync(file("dev.db"), { readOnly: true });
    const row = database.prepare("SELECT count(*) AS n FROM t").get();
    database.close();
    return row?.["n"];
  };
  const state = () => ({
    page: readFileSync(file("page"), "utf8"),
    installed: readFileSync(file("node_modules/react/index.js"), "utf8"),
    rows: rows(),
  });

  before(async () => {
    machine = await Machine.withPool();
    const source = machine.makeFolder("shop");
    mkdirSync(join(source, "node_modules/react"), { recursive: true });
    write(source, { version: "18.3.1", page: "first" });
    machine.give(source);
    project = await machine.import(source);
    mcp = await McpClient.start(machine.home, {
      cwd: project.path,
      person: () => ({ action: "accept", content: { agreed: true } }),
    });
  });
  beforeEach(() => {
    mcp.questions.length = 0;
    write(project.path, { version: "19.0.0", page: "second" });
    writeFileSync(file("added"), "added");
  });
  after(async () => {
    await mcp.end();
    await machine.end();
  });

  it("say in a comparison which packages differ, once however many pages it has", async () => {
    interface Diffed {
      dependencies: DependencyChanges | null;
      nextOffset: number;
    }
    const from = project.snapshotId;
    const { dependencies, nextOffset, said } = await mcp.result<Diffed>("diff", { from, limit: 1 });
    assert.deepEqual(dependencies, {
      lockfiles: [
        {
          ...{ path: "package-lock.json", tool: "npm", problem: null, added: 0, moved: 1, removed: 0 },
          packages: [{ name: "react", before: ["18.3.1"], after: ["19.0.0"] }],
        },
      ],
      left: 0,
    });
    assert.match(said, /^package-lock\.json \(npm\): 1 package, 1 with other versions$/m);
    assert.match(said, /^ {3}react {2}18\.3\.1 → 19\.0\.0$/m);
    const second = await mcp.result<Diffed>("diff", { from, offset: nextOffset, limit: 1 });
    assert.equal(second.dependencies, null);
    assert.doesNotMatch(second.said, /react {2}/);
  });

  it("are restored alone, after a question that counts only them", async () => {
    const before = state();
    await mcp.result("restore", { snapshot: project.snapshotId, parts: ["dependencies"] });
    assert.deepEqual(state(), { ...before, installed: "18.3.1" });
    assert.ok(existsSync(file("added")));
    const [question = ""] = mcp.questions;
    const asked = `Restore dependencies of shop, but not its files and database, to the snapshot ${project.snapshotId} of `;
    assert.ok(question.startsWith(asked), question);
    assert.match(question, /^2 paths will change, 0 will be removed, 0 will come back\.$/m);
    assert.doesNotMatch(question, /added|page|dev\.db/);
  });

  it("are restored all but the database", async () => {
    const before = state();
    await mcp.result("restore", { snapshot: project.snapshotId, parts: ["dependencies", "files"] });
    assert.deepEqual(state(), { page: "first", installed: "18.3.1", rows: before.rows });
    assert.equal(existsSync(file("added")), false);
    assert.match(
      mcp.questions[0] ?? "",
      /^Restore files and dependencies of shop, but not its database, to /,
    );
    assert.match(mcp.questions[0] ?? "", /^Remove: added$/m);
  });

  it("are not named together with paths, and are among those there are", async () => {
    const code = async (scope: object) =>
      (await mcp.error("restore", { snapshot: project.snapshotId, ...scope })).code;
    assert.equal(await code({ parts: ["files"], paths: ["page"] }), "BAD_REQUEST");
    assert.equal(await code({ parts: ["kitchen"] }), "BAD_REQUEST");
    assert.equal(await code({ parts: [] }), "BAD_REQUEST");
    assert.deepEqual(mcp.questions, []);
    assert.equal(state().page, "second");
  });
});
