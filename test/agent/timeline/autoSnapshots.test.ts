import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ManualClock } from "../../support/manualClock.ts";
import { TimelineFixture } from "./rig/timelineFixture.ts";

describe("automatic snapshots", () => {
  let site: TimelineFixture;
  let clock: ManualClock;
  beforeEach(async () => {
    clock = new ManualClock();
    site = await TimelineFixture.open({ clock });
    site.rig.projects.change(site.projectId, { autoSnapshotMinutes: 10 });
  });
  afterEach(() => site.close());

  const minute = 60_000;
  const timers = (minutes = 10) => clock.waiting(minutes * minute);
  /** Lets some minutes pass and waits until the timer is set again, which is when the work is done. */
  const pass = async (minutes: number) => {
    clock.pass(minutes * minute);
    while (timers(minutes) === 0) await sleep(5);
  };

  it("are taken while somebody works in the project, when something changed", async () => {
    const leave = site.rig.timeline.openProject(site.projectId);
    const leaveToo = site.rig.timeline.openProject(site.projectId);
    await pass(10);
    assert.equal(site.entries().length, 1);
    site.write("page", "two");
    await pass(10);
    assert.equal(site.entries()[0]?.cause, "timer");
    leave();
    assert.equal(timers(), 1);
    leaveToo();
    assert.equal(timers(), 0);
  });

  it("follow the setting, and stop with 0", async () => {
    const leave = site.rig.timeline.openProject(site.projectId);
    site.rig.projects.change(site.projectId, { autoSnapshotMinutes: 0 });
    site.rig.timeline.configured(site.projectId);
    assert.equal(timers(), 0);
    site.rig.projects.change(site.projectId, { autoSnapshotMinutes: 1 });
    site.rig.timeline.configured(site.projectId);
    site.write("page", "two");
    await pass(1);
    assert.equal(site.entries().length, 2);
    leave();
  });

  it("tell when they fail, and when they succeed again", async () => {
    const leave = site.rig.timeline.openProject(site.projectId);
    site.shell(`mv ${site.live} ${site.live}-away`);
    await pass(10);
    assert.match(site.rig.timeline.autoSnapshotError(site.projectId) ?? "", /is not there/);
    assert.equal(site.rig.events.filter((event) => event === "health").length, 1);
    leave();
  });
});
