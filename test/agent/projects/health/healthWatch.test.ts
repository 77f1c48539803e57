import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { unattended } from "../../../../agent/host/longCall.ts";
import type { EventBody } from "../../../../agent/protocol/events.ts";
import { type LoopPool, openLoopPool } from "../../../support/loopPool.ts";
import { ManualClock } from "../../../support/manualClock.ts";
import { type AgentHome, makeAgentHome } from "../rig/agentHome.ts";
import { makeStore, openServiceRig, type ServiceRig } from "../rig/serviceRig.ts";

describe("telling clients the health", () => {
  let folder: AgentHome;
  let loop: LoopPool;
  let rig: ServiceRig;
  let clock: ManualClock;
  let projectId: string;
  beforeEach(async () => {
    folder = makeAgentHome();
    loop = openLoopPool(512);
    clock = new ManualClock();
    rig = openServiceRig(join(folder.path, "agent"), { clock });
    await rig.poolService.adopt({ path: loop.path });
    const source = join(folder.path, "shop");
    mkdirSync(source);
    ({ projectId } = (await rig.projectService.import({ path: source, copy: true }, unattended)).project);
  });
  afterEach(async () => {
    await rig.close();
    loop.close();
    folder.close();
  });

  const told = () =>
    rig.announced
      .filter(({ event }) => event === "changed/health")
      .map(({ body }) => body as EventBody<"changed/health">)
      .map(({ projectId: id, health }) => [id, health.state]);
  /** Lets what is due run to its end: a burst of changes settles and is judged. */
  const settle = async (ms = 1000) => {
    clock.pass(ms);
    await rig.healthWatch.settled();
  };

  it("judges a burst of changes once, of the project and of the machine", async () => {
    assert.deepEqual(told(), []);
    for (let n = 0; n < 10; n++) rig.healthWatch.changed(projectId);
    await settle();
    assert.deepEqual(told(), [
      [projectId, "unprotected"],
      [null, "unprotected"],
    ]);
  });

  it("says nothing when nothing became another", async () => {
    await settle();
    rig.announced.length = 0;
    rig.healthWatch.changed(null);
    await settle();
    assert.deepEqual(rig.announced, []);
  });

  it("tells when a store is set", async () => {
    await settle();
    rig.announced.length = 0;
    await rig.sync.setStore({ url: await makeStore(join(folder.path, "store")) }, unattended);
    await settle();
    assert.deepEqual(told(), [
      [projectId, "behind"],
      [null, "behind"],
    ]);
  });

  it("hears what changes while it judges", async () => {
    await settle();
    rig.announced.length = 0;
    rig.healthWatch.changed(projectId);
    clock.pass(1000);
    rig.problems.push({ kind: "restore", projectId, message: "it was cut off" });
    rig.healthWatch.changed(projectId);
    await rig.healthWatch.settled();
    await settle();
    assert.deepEqual(told().at(-1), [null, "degraded"]);
  });

  it("looks at the pools every minute while somebody watches, and not otherwise", async () => {
    await settle();
    rig.announced.length = 0;
    const leave = rig.healthWatch.watch();
    rmSync(join(loop.path, ".forkpoint/pool.json"));
    await settle(59_000);
    assert.deepEqual(rig.announced, []);
    clock.pass(1000);
    await settle();
    assert.deepEqual(told(), [
      [projectId, "degraded"],
      [null, "degraded"],
    ]);
    assert.deepEqual(rig.announced[0], { event: "changed/machine", body: { what: "pools" } });
    leave();
    leave();
    const again = rig.healthWatch.watch();
    again();
    assert.equal(clock.waiting(), 0);
  });

  it("forgets a project that is deleted, and is silent once it is closed", async () => {
    await settle();
    const row = rig.projects.byId(projectId);
    assert.ok(row);
    await rig.projectService.delete(row, unattended);
    rig.announced.length = 0;
    await settle();
    assert.deepEqual(
      told().map(([id]) => id),
      [null],
    );
    await rig.healthWatch.close();
    rig.healthWatch.changed(null);
    await setTimeout(0);
    assert.equal(clock.waiting(), 0);
  });
});
