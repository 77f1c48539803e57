import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../agent/host/longCall.ts";
import { OperationService } from "../../../agent/projects/operationService.ts";
import { ProjectLookup } from "../../../agent/projects/projectLookup.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { type AgentHome, makeAgentHome } from "./rig/agentHome.ts";
import { openServiceRig, type ServiceRig } from "./rig/serviceRig.ts";

describe("what was done", () => {
  let folder: AgentHome;
  let loop: LoopPool;
  let rig: ServiceRig;
  let operations: OperationService;
  let projectId: string;
  beforeEach(async () => {
    folder = makeAgentHome();
    const source = join(folder.path, "shop");
    mkdirSync(source);
    writeFileSync(join(source, "page"), "one");
    loop = openLoopPool(512);
    rig = openServiceRig(join(folder.path, "agent"));
    operations = new OperationService({ ...rig, lookup: new ProjectLookup(rig.projects) });
    await rig.registry.adopt(loop.path);
    ({ projectId } = (await rig.projectService.import({ path: source, copy: false }, unattended)).project);
  });
  afterEach(async () => {
    await rig.close();
    loop.close();
    folder.close();
  });

  const shop = () => {
    const row = rig.projects.byId(projectId);
    assert.ok(row);
    return row;
  };
  const snapshot = async (text: string) => {
    writeFileSync(join(shop().path, "page"), text);
    const { entry } = await rig.timeline.snapshot(shop(), { cause: "manual", pin: false }, unattended);
    assert.ok(entry);
    return entry;
  };
  const list = (project?: string) => operations.list({ project, limit: 100, rollOffs: false }).operations;
  const undo = (operationId: number) => operations.undo({ operationId, openFiles: "refuse" }, unattended);
  const refusal = { code: "NOTHING_TO_UNDO" };

  it("is listed newest first, of one project and its forks or of all", async () => {
    const second = await snapshot("two");
    await rig.projectService.fork(shop(), { slug: "twin" }, unattended);
    await rig.timeline.restore(
      shop(),
      { snapshotId: second.parentId ?? "", openFiles: "refuse", paths: ["page"] },
      unattended,
    );
    const twin = rig.projects.bySlug("twin");
    assert.ok(twin);
    await rig.projectService.delete(twin, unattended);
    assert.deepEqual(
      list().map(({ kind, slug, undo: { possible } }) => [kind, slug, possible]),
      [
        ["deleteProject", "twin", false],
        ["restore", "shop", true],
        ["fork", "twin", false],
        ["import", "shop", false],
      ],
    );
    assert.deepEqual(
      list("shop").map(({ kind }) => kind),
      ["restore", "fork", "import"],
    );
    const [restored, forked] = list("shop");
    assert.deepEqual(restored?.paths, ["page"]);
    assert.equal(forked?.from?.slug, "shop");
    assert.equal(restored.label, null);
    const page = operations.list({
      project: "shop",
      limit: 1,
      rollOffs: false,
      before: restored.operationId,
    });
    assert.deepEqual([page.operations.map(({ kind }) => kind), page.more], [["fork"], true]);
  });

  it("is undone: a deletion, whole, with the head it took", async () => {
    const second = await snapshot("two");
    const third = await snapshot("three");
    const gone = { snapshotIds: [second.snapshotId, third.snapshotId], forGood: false };
    const { operationId } = await rig.timeline.delete(shop(), gone, unattended);
    assert.notEqual(shop().headSnapshotId, third.snapshotId);
    const { entries } = await undo(operationId);
    assert.deepEqual(entries.map(({ snapshotId }) => snapshotId).toSorted(), gone.snapshotIds.toSorted());
    assert.equal(shop().headSnapshotId, third.snapshotId);
    assert.equal(list()[0]?.kind, "undelete");
    await assert.rejects(undo(operationId), refusal);
  });

  it("is undone: what retention took", async () => {
    rig.projects.change(projectId, { maxSnapshots: 1 });
    const second = await snapshot("two");
    await snapshot("three");
    assert.deepEqual(
      list().map(({ kind }) => kind),
      ["import"],
    );
    const [rolledOff] = operations.list({ limit: 1, rollOffs: true }).operations;
    assert.deepEqual(rolledOff?.snapshotIds, [second.snapshotId]);
    const { entries } = await undo(rolledOff.operationId);
    assert.deepEqual(
      entries.map(({ pinned }) => pinned),
      [true],
    );
  });

  it("is undone: the newest restore, and an older one says how to go back", async () => {
    rig.projects.change(projectId, { maxSnapshots: 50 });
    const second = await snapshot("two");
    const wish = { openFiles: "refuse" } as const;
    await rig.timeline.restore(shop(), { ...wish, snapshotId: second.parentId ?? "" }, unattended);
    await rig.timeline.restore(shop(), { ...wish, snapshotId: second.snapshotId }, unattended);
    const [newest, older] = list();
    assert.match(older?.undo.hint ?? "", new RegExp(`forkpoint restore shop ${second.snapshotId}`));
    await assert.rejects(undo(older?.operationId ?? 0), refusal);
    const { restored } = await undo(newest?.operationId ?? 0);
    assert.equal(restored?.entry?.cause, "restore");
  });

  it("cannot be undone when it is unknown, of a deleted project, or for good", async () => {
    await assert.rejects(undo(4711), refusal);
    const second = await snapshot("two");
    await snapshot("three");
    const gone = { snapshotIds: [second.snapshotId], forGood: true };
    const { operationId } = await rig.timeline.delete(shop(), gone, unattended);
    await assert.rejects(undo(operationId), refusal);
    await rig.projectService.delete(shop(), unattended);
    await assert.rejects(undo(operationId), refusal);
  });
});
