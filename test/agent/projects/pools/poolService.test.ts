import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../../agent/host/longCall.ts";
import { ManualClock } from "../../../support/manualClock.ts";
import { type AgentHome, makeAgentHome } from "../rig/agentHome.ts";
import { openServiceRig, type ServiceRig } from "../rig/serviceRig.ts";

describe("what clients do with pools", () => {
  let folder: AgentHome;
  let rig: ServiceRig;
  beforeEach(() => {
    folder = makeAgentHome();
    // Health would be told in between, were time to pass.
    rig = openServiceRig(join(folder.path, "agent"), { clock: new ManualClock() });
  });
  afterEach(async () => {
    await rig.close();
    folder.close();
  });

  const size = 256 * 2 ** 20;
  const changedPools = { event: "changed/machine", body: { what: "pools" } };

  it("makes, lists and removes a pool, and tells everybody of each change", async () => {
    const image = join(folder.path, "pool.img");
    const pool = await rig.poolService.create({ image, size }, unattended);
    assert.deepEqual([pool.image, pool.state, pool.totalBytes], [image, "mounted", size]);
    assert.deepEqual(
      (await rig.poolService.list()).map((each) => each.poolId),
      [pool.poolId],
    );
    await rig.poolService.remove({ poolId: pool.poolId, keepImage: false });
    assert.equal(existsSync(image), false);
    assert.deepEqual(await rig.poolService.list(), []);
    assert.deepEqual(rig.announced, [changedPools, changedPools]);
  });

  it("tells nobody of what failed", async () => {
    await assert.rejects(rig.poolService.adopt({ path: folder.path }), { code: "NOT_BTRFS" });
    await assert.rejects(rig.poolService.remove({ poolId: "none", keepImage: false }), {
      code: "POOL_NOT_FOUND",
    });
    const image = join(folder.path, "nowhere", "pool.img");
    await assert.rejects(rig.poolService.create({ image, size }, unattended), { code: "BAD_REQUEST" });
    assert.deepEqual(rig.announced, []);
  });
});
