import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { everyKindOfEntry } from "../../support/everyKindOfEntry.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { type AgentHome, makeAgentHome } from "../projects/rig/agentHome.ts";
import { runScript } from "../projects/rig/killed.ts";
import { makeStore, openServiceRig, type ServiceRig } from "../projects/rig/serviceRig.ts";

const script = new URL("./rig/restoreScript.ts", import.meta.url).href;

describe("restoring an entry that only the store has", function () {
  this.timeout(60_000);
  let folder: AgentHome;
  let rig: ServiceRig;
  let pool: LoopPool;
  let project: ProjectRow;
  /** The entry that was deleted, and the state it was of. */
  let gone: string;
  let was: string;
  const now = () => {
    const row = rig.projects.byId(project.projectId);
    assert.ok(row);
    return row;
  };
  const print = () => treeFingerprint(project.path, { folderTimes: false });
  const snapshot = async () => {
    const { entry } = await rig.timeline.snapshot(now(), { cause: "manual", pin: false }, unattended);
    await rig.sync.push(now(), { wait: true }, unattended);
    return entry?.snapshotId ?? "";
  };
  const restore = (snapshotId: string) =>
    rig.timeline.restore(now(), { snapshotId, openFiles: "refuse" }, unattended);
  const placeOf = (snapshotId: string) =>
    join(pool.path, ".forkpoint/snapshots", project.projectId, snapshotId);

  beforeEach(async () => {
    folder = makeAgentHome();
    const url = await makeStore(join(folder.path, "store"));
    pool = openLoopPool(512);
    rig = openServiceRig(join(folder.path, "home"));
    await rig.registry.adopt(pool.path);
    await rig.sync.setStore({ url }, unattended);
    rig.sync.start();
    const source = join(folder.path, "shop");
    mkdirSync(source);
    everyKindOfEntry(source);
    const made = await rig.projectService.import({ path: source, copy: true }, unattended);
    const row = rig.projects.byId(made.project.projectId);
    assert.ok(row);
    project = row;
    writeFileSync(join(project.path, "plain"), "once");
    was = print();
    gone = await snapshot();
    writeFileSync(join(project.path, "plain"), "later");
    execFileSync("rm", ["-r", join(project.path, "linked")]);
    await snapshot();
    await rig.timeline.delete(now(), { snapshotIds: [gone], forGood: true }, unattended);
  });
  afterEach(async () => {
    await rig.close();
    pool.close();
    folder.close();
  });

  it("brings it back into the timeline and restores it, and that is undone", async () => {
    const later = print();
    const { entry, guard } = await restore(gone.slice(0, 6));
    assert.ok(entry && guard);
    assert.equal(print(), was);
    assert.equal(rig.entries.find(project.projectId, gone)?.durability, "durable");
    assert.deepEqual(readdirSync(join(pool.path, ".forkpoint/staging")), []);
    assert.deepEqual(rig.intents.list(), []);
    await rig.timeline.undo(now(), { openFiles: "refuse" }, unattended);
    assert.equal(print(), later);
  });

  it("lets retention take it away again", async () => {
    rig.projects.change(project.projectId, { maxSnapshots: 2, undeleteHours: 0 });
    await restore(gone);
    await rig.timeline.close();
    assert.equal(print(), was);
    assert.equal(rig.entries.find(project.projectId, gone), undefined);
    assert.equal(existsSync(placeOf(gone)), false);
  });

  it("refuses one that the store never had, or has no more", async () => {
    writeFileSync(join(project.path, "plain"), "never pushed");
    const local = await snapshot();
    rig.entries.change(project.projectId, local, { durability: "local", manifestDigest: null });
    await rig.timeline.delete(now(), { snapshotIds: [local], forGood: true }, unattended);
    await assert.rejects(restore(local), { code: "SNAPSHOT_NOT_FOUND" });
    const before = print();
    execFileSync("find", [join(folder.path, "store"), "-path", "*manifests*", "-type", "f", "-delete"]);
    await assert.rejects(restore(gone), { code: "OBJECT_MISSING" });
    assert.equal(print(), before);
    assert.equal(rig.entries.find(project.projectId, gone), undefined);
    assert.deepEqual([existsSync(placeOf(gone)), rig.intents.list()], [false, []]);
  });

  for (const [crashPoint, isThere] of [
    ["bringBack:intent", false],
    ["pull:relative-copied", false],
    ["bringBack:pulled", false],
    ["bringBack:shown", true],
  ] as const) {
    it(`killed at ${crashPoint}, it is ${isThere ? "in the timeline, whole" : "gone as before"}`, async () => {
      const home = join(folder.path, "home");
      const args = { home, crashPoint, projectId: project.projectId, snapshotId: gone };
      assert.equal(await runScript(script, args), "SIGKILL");
      assert.deepEqual(await rig.recover(), []);
      assert.equal(rig.entries.find(project.projectId, gone) !== undefined, isThere);
      assert.equal(existsSync(placeOf(gone)), isThere);
      assert.deepEqual(rig.intents.list(), []);
      assert.deepEqual(readdirSync(join(pool.path, ".forkpoint/staging")), []);
      await restore(gone);
      assert.equal(print(), was);
    });
  }
});
