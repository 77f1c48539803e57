import assert from "node:assert/strict";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentClient } from "../../../../agent/protocol/client/agentClient.ts";
import type { Entry } from "../../../../agent/protocol/entry.ts";
import type { Project } from "../../../../agent/protocol/project.ts";
import { Machine } from "../../../support/machine.ts";
import { McpClient } from "../../../support/mcpClient.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";

describe("forkpoint mcp --fork", function () {
  this.timeout(60_000);
  let machine: Machine;
  let shop: Project & { snapshotId: string };
  let secret: Entry;
  let fork: Project;
  let agent: AgentClient;
  let mcp: McpClient | undefined;

  async function started(...args: string[]): Promise<McpClient> {
    mcp = await McpClient.start(machine.home, { cwd: shop.path, args });
    return mcp;
  }
  const project = (slug: string) => agent.call("project/show", { project: slug });
  const timeline = async () => (await agent.call("timeline/list", { project: "shop" })).entries;

  before(async () => {
    machine = await Machine.withPool();
    const source = machine.makeFolder("shop");
    writeFileSync(join(source, "plain"), "first");
    machine.give(source);
    shop = await machine.import(source);
    // A link in the fork that leads to the original.
    symlinkSync(shop.path, join(shop.path, "way-out"));
    writeFileSync(join(shop.path, "secret"), "secret");
    agent = await machine.connect();
    const { entry } = await agent.call("snapshot/create", { project: "shop", label: "secret" });
    assert.ok(entry);
    secret = entry;
    writeFileSync(join(shop.path, "plain"), "second");
  });
  afterEach(async () => {
    await mcp?.end();
  });
  after(() => machine.end());

  it("makes a fork as the project is now, and says where it is", async () => {
    const client = await started("--fork");
    fork = await project("shop-try");
    assert.equal(fork.forkedFrom?.projectId, shop.projectId);
    assert.equal(treeFingerprint(fork.path), treeFingerprint(shop.path));
    assert.ok(client.client.getInstructions()?.includes(fork.path));
    await client.end();
    assert.ok((await client.said).includes(fork.path));
  });

  it("works in the fork alone, and restores there without a question", async () => {
    const client = await started("--fork", "shop-try");
    const before = treeFingerprint(shop.path);
    await client.result("timeline");
    writeFileSync(join(fork.path, "plain"), "third");
    const taken = await client.result<{ entry: { snapshotId: string } }>("snapshot", { label: "third" });
    writeFileSync(join(fork.path, "plain"), "fourth");
    const { entries } = await client.result<{ entries: Entry[] }>("timeline");
    assert.deepEqual(
      entries.map(({ cause }) => cause),
      ["assistant", "fork"],
    );
    await client.result("restore", { snapshot: taken.entry.snapshotId });
    assert.equal(readFileSync(join(fork.path, "plain"), "utf8"), "third");
    const inner = await client.result<{ slug: string }>("fork", { slug: "inner" });
    assert.equal((await project(inner.slug)).forkedFrom?.projectId, fork.projectId);
    assert.equal(treeFingerprint(shop.path), before);
  });

  it("reaches the original by no argument", async () => {
    const client = await started("--fork", "shop-try");
    const [own] = (await client.result<{ entries: Entry[] }>("timeline", { causes: ["fork"] })).entries;
    const before = [treeFingerprint(shop.path), await timeline()];
    const code = async (name: string, args: object) => (await client.error(name, { ...args })).code;
    const refused = /^(?:SNAPSHOT_NOT_FOUND|BAD_REQUEST)$/;
    for (const snapshot of [secret.snapshotId, secret.path, `../${shop.projectId}/${secret.snapshotId}`]) {
      assert.match(await code("restore", { snapshot }), refused);
      assert.match(await code("diff", { from: snapshot }), refused);
      assert.match(await code("diff", { from: own?.snapshotId, to: snapshot }), refused);
      assert.match(await code("show", { snapshot, path: "secret" }), refused);
      assert.match(await code("fork", { slug: "stolen", snapshot }), refused);
      assert.match(await code("timeline", { before: snapshot }), refused);
    }
    const show = (path: string) => code("show", { snapshot: own?.snapshotId, path });
    assert.equal(await show("way-out/plain"), "PATH_OUTSIDE_VOLUME");
    assert.equal(await show(`../../${shop.projectId}/${secret.snapshotId}/secret`), "PATH_OUTSIDE_VOLUME");
    assert.equal(await show(join(shop.path, "plain")), "PATH_OUTSIDE_VOLUME");
    const restore = (path: string) => code("restore", { snapshot: own?.snapshotId, paths: [path] });
    assert.equal(await restore(`../shop/plain`), "PATH_OUTSIDE_VOLUME");
    assert.equal(await restore(join(shop.path, "plain")), "PATH_OUTSIDE_VOLUME");
    assert.match(await restore("way-out/plain"), /^PATH_/);
    // Names that no tool takes are refused, not overlooked.
    const { tools } = await client.client.listTools();
    for (const { name } of tools) {
      for (const key of ["project", "projectId", "cwd", "openFiles"])
        assert.equal(
          await code(name, { [key]: "shop", from: "x", snapshot: "x", path: "x", slug: "x" }),
          "BAD_REQUEST",
        );
    }
    assert.deepEqual([treeFingerprint(shop.path), await timeline()], before);
  });

  it("takes another name for the next fork, and the same fork again by its name", async () => {
    const client = await started("--fork", "--project", "shop");
    assert.equal((await project("shop-try-2")).forkedFrom?.projectId, shop.projectId);
    await client.end();
    const again = await started("--fork", "shop-try");
    assert.ok(again.client.getInstructions()?.includes(fork.path));
  });

  it("serves nothing when the name belongs to another project", async () => {
    const ran = await machine.run(["mcp", "--fork", "inner"], shop.path);
    assert.deepEqual([ran.exitCode, ran.out], [1, ""]);
    assert.match(ran.err, /\[SLUG_TAKEN\]/);
  });
});
