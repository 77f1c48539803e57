import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { unattended } from "../../../../agent/host/longCall.ts";
import { ManualClock } from "../../../support/manualClock.ts";
import { TimelineFixture } from "../rig/timelineFixture.ts";

const restMs = 10_000;

describe("measuring snapshots in the background", function () {
  this.timeout(60_000);
  const clock = new ManualClock();
  let isUploading = false;
  let site: TimelineFixture;
  before(async () => {
    site = await TimelineFixture.open({ clock, isUploading: () => isUploading });
  });
  after(() => site.close());

  const isMeasured = async () => {
    while (site.rig.timeline.hasWork) await pause(5);
    const { retention } = site.rig.timeline.reading;
    return (await retention.sizes(site.project, { snapshotIds: [], wait: false }, unattended)).sizes !== null;
  };

  it("waits for the end of uploads, and goes on by itself", async () => {
    for (const text of ["two", "three"]) {
      site.write("page", text);
      await site.snapshot();
    }
    isUploading = true;
    for (let times = 0; times < 3; times++) clock.pass(restMs);
    assert.equal(await isMeasured(), false);
    isUploading = false;
    clock.pass(restMs);
    assert.equal(await isMeasured(), true);
  });
});
