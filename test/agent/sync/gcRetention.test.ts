import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EntryRow } from "../../../agent/catalog/entryRow.ts";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import type { RetentionSettings } from "../../../agent/protocol/storeReports.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import type { Machine } from "./rig/machine.ts";
import { openTwoMachines, type TwoMachines } from "./rig/twoMachines.ts";

const dayMs = 24 * 3_600_000;

describe("what a collection is told to keep", function () {
  this.timeout(60_000);
  let store: MemoryBlobStore;
  let both: TwoMachines;
  let here: Machine;
  let project: ProjectRow;
  let passing: EntryRow;
  let now: number;
  beforeEach(async () => {
    store = new MemoryBlobStore();
    now = Date.now();
    store.now = () => now;
    both = await openTwoMachines({ here: store, there: store }, { here: 512, there: 512 });
    ({ here } = both);
    project = await here.makeProject("site");
    // In the store, and in no timeline.
    passing = await next();
    await next();
    await here.deleteEntry(passing);
  });
  afterEach(() => both.close());

  const next = async () => {
    writeFileSync(join(project.path, "file"), randomBytes(50_000));
    const entry = await here.snapshot(project);
    await here.push(project);
    return entry;
  };
  const gc = (retention: Partial<RetentionSettings>, dryRun = false) =>
    here.sync.care.gc({ dryRun, retention, graceHours: 24 }, unattended);

  it("is kept from then on by every machine, also when nothing was to go by it", async () => {
    assert.equal((await gc({ days: 90 })).condemned.manifests, 0);
    now += 60 * dayMs;
    const { retention, condemned } = await both.there.sync.care.gc(
      { dryRun: false, retention: {}, graceHours: 24 },
      unattended,
    );
    assert.deepEqual([retention.days, condemned.manifests], [90, 0]);
  });

  it("takes off the list what is condemned and is to be kept now", async () => {
    now += 2 * dayMs;
    assert.equal((await gc({ days: 1 })).condemned.manifests, 1);
    assert.equal((await gc({ days: 7 })).condemned.manifests, 0);
    now += 2 * dayMs;
    assert.equal((await gc({})).deleted.manifests, 0);
    await both.there.pull("site", passing.snapshotId);
  });

  it("is only looked at in a dry run, which tells when what is condemned can go", async () => {
    now += 2 * dayMs;
    assert.equal((await gc({ days: 1 }, true)).dueInMs, null);
    assert.ok(!store.objects.has("gc/state"));
    await gc({ days: 1 });
    now += dayMs / 2;
    const plan = await gc({ days: 7 }, true);
    assert.deepEqual([plan.condemned.manifests, plan.snapshots.length], [1, 0]);
    assert.ok(plan.dueInMs !== null && plan.dueInMs > 0 && plan.dueInMs <= dayMs / 2, `${plan.dueInMs}`);
    assert.equal((await gc({}, true)).retention.days, 1);
  });
});
