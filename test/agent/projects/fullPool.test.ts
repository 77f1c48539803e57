import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { unattended } from "../../../agent/host/longCall.ts";
import { fillPool } from "../../support/fillPool.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { type AgentHome, makeAgentHome } from "./rig/agentHome.ts";
import { runScript } from "./rig/killed.ts";
import { subvolumesOf } from "./rig/poolTree.ts";
import { makeStore, openServiceRig, type ServiceRig } from "./rig/serviceRig.ts";

const mib = 2 ** 20;

describe("a pool that gets full", function () {
  this.timeout(120_000);
  let folder: AgentHome;
  let home: string;
  let loop: LoopPool;
  let rig: ServiceRig;
  let source: string;
  beforeEach(async () => {
    folder = makeAgentHome();
    home = join(folder.path, "agent");
    loop = openLoopPool(256);
    rig = openServiceRig(home);
    await rig.registry.adopt(loop.path);
    source = join(folder.path, "sources", "shop");
    mkdirSync(source, { recursive: true });
    writeFileSync(join(source, "page.html"), "one");
  });
  afterEach(async () => {
    await rig.close();
    loop.close();
    folder.close();
  });

  const importSource = async (copy: boolean) => {
    const { project } = await rig.projectService.import({ path: source, copy }, unattended);
    const row = rig.projects.byId(project.projectId);
    assert.ok(row);
    return row;
  };
  const assertOnly = (subvolumes: string[]) => {
    assert.deepEqual(subvolumesOf(loop.path), subvolumes);
    assert.deepEqual(rig.intents.list(), []);
    const staging = join(loop.path, ".forkpoint/staging");
    assert.deepEqual(existsSync(staging) ? readdirSync(staging) : [], []);
  };
  /** Waits until the room of deleted subvolumes is there again; the test's timeout ends the wait. */
  const roomIsBack = async () => {
    for (;;) {
      execFileSync("btrfs", ["filesystem", "sync", loop.path]);
      const { bavail, bsize } = statfsSync(loop.path);
      if (bavail * bsize > 100 * mib) return;
      await setTimeout(100);
    }
  };
  const makeBig = (file: string) => {
    execFileSync("bash", ["-c", 'head -c 400M /dev/urandom > "$0"', file]);
  };

  it("undoes an import that fills it in the middle, and leaves the source", async () => {
    makeBig(join(source, "big"));
    const before = treeFingerprint(source);
    await assert.rejects(importSource(false), { code: "POOL_FULL" });
    assertOnly([]);
    assert.deepEqual(rig.projects.list(), []);
    assert.equal(treeFingerprint(source), before);
    assert.deepEqual(readdirSync(join(folder.path, "sources")), ["shop"]);
    await roomIsBack();
  });

  it("undoes a pull that fills it in the middle", async () => {
    const roomy = openLoopPool(1024);
    const origin = openServiceRig(join(folder.path, "origin"));
    try {
      const url = await makeStore(join(folder.path, "store"));
      await origin.registry.adopt(roomy.path);
      await origin.sync.setStore({ url }, unattended);
      await rig.sync.setStore({ url }, unattended);
      makeBig(join(source, "big"));
      const { project } = await origin.projectService.import({ path: source, copy: true }, unattended);
      const row = origin.projects.byId(project.projectId);
      assert.ok(row);
      origin.sync.start();
      await origin.sync.push(row, { wait: true }, unattended);
      await assert.rejects(rig.projectService.pull({ project: "shop" }, unattended), { code: "POOL_FULL" });
      assertOnly([]);
      assert.deepEqual(rig.projects.list(), []);
      await roomIsBack();
    } finally {
      await origin.close();
      roomy.close();
    }
  });

  it("makes no project when there is room for nothing, and gives room back when one is deleted", async () => {
    const project = await importSource(true);
    const snapshotId = project.headSnapshotId ?? "";
    const made = subvolumesOf(loop.path);
    const before = treeFingerprint(source);
    fillPool(join(project.path, "filling"));

    await assert.rejects(rig.projectService.fork(project, { snapshotId, slug: "trial" }, unattended), {
      code: "POOL_FULL",
    });
    assertOnly(made);
    await assert.rejects(importSource(false), { code: "POOL_FULL" });
    assertOnly(made);
    assert.equal(treeFingerprint(source), before);
    assert.equal(readFileSync(join(project.path, "page.html"), "utf8"), "one");

    await rig.projectService.delete(project, unattended);
    assertOnly([]);
    await roomIsBack();
    await importSource(false);
  });

  it("undoes a killed import although there is room for nothing by then", async () => {
    const { poolId } = await rig.registry.forNewProject(undefined);
    const script = { home, crashPoint: "import:snapshot", import: { source, poolId, copy: false } };
    assert.equal(await runScript("./projectScript.ts", script), "SIGKILL");
    assert.equal(subvolumesOf(loop.path).length, 2);
    fillPool(join(loop.path, "filling"));
    assert.deepEqual(await rig.recover(), []);
    assertOnly([]);
    assert.equal(readFileSync(join(source, "page.html"), "utf8"), "one");
  });
});
