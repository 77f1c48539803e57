import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { unattended } from "../../../agent/host/longCall.ts";
import type { Clock } from "../../../agent/host/clock.ts";
import type { Entry } from "../../../agent/protocol/entry.ts";
import { onlyNewest } from "../../support/onlyNewest.ts";
import { TimelineFixture } from "./rig/timelineFixture.ts";

const hour = 3_600_000;

describe("deleted snapshots", () => {
  let now = Date.now();
  let later: (() => void)[] = [];
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    after: (_ms, call) => {
      later.push(call);
      return () => (later = later.filter((each) => each !== call));
    },
  };
  let low = false;
  let site: TimelineFixture;
  let first: Entry;
  let second: Entry;
  let third: Entry;

  beforeEach(async () => {
    [later, low] = [[], false];
    site = await TimelineFixture.open({ clock, isPoolLow: () => low });
    [first] = site.entries() as [Entry];
    site.write("page", "two");
    second = await site.snapshot("second");
    site.write("page", "three");
    third = await site.snapshot("third");
  });
  afterEach(() => site.close());

  const remove = (...entries: Entry[]) =>
    site.rig.timeline.delete(
      site.project,
      { snapshotIds: entries.map(({ snapshotId }) => snapshotId), forGood: false },
      unattended,
    );
  const undelete = (entries: Entry[], heads: { before: string; after: string | null } | null = null) =>
    site.rig.timeline.undelete(
      site.project,
      { snapshotIds: entries.map(({ snapshotId }) => snapshotId), heads },
      unattended,
    );
  const labels = () => site.entries().map(({ label }) => label ?? "first");
  /** What waits for the clock happens now, to its end. */
  const elapse = async (ms: number) => {
    now += ms;
    for (const call of later.splice(0)) call();
    while (site.rig.timeline.hasWork) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it("come back to their places, with their lines", async () => {
    await remove(second);
    assert.deepEqual(labels(), ["third", "first"]);
    assert.equal(site.entries()[0]?.parentId, first.snapshotId);
    assert.ok(existsSync(second.path));
    const [back] = await undelete([second]);
    assert.deepEqual(back, { ...second, head: false });
    assert.deepEqual(labels(), ["third", "second", "first"]);
    assert.equal(site.entries()[0]?.parentId, second.snapshotId);
  });

  it("give the workspace its head back, unless it went on", async () => {
    await remove(third);
    assert.equal(site.project.headSnapshotId, second.snapshotId);
    const heads = { before: third.snapshotId, after: second.snapshotId };
    await undelete([third], heads);
    assert.equal(site.project.headSnapshotId, third.snapshotId);
    await remove(third);
    site.write("page", "four");
    const fourth = await site.snapshot("fourth");
    await undelete([third], heads);
    assert.equal(site.project.headSnapshotId, fourth.snapshotId);
  });

  it("leave the disk when their time is over, and not before", async () => {
    await remove(second);
    await elapse(23 * hour);
    assert.ok(existsSync(second.path));
    await elapse(hour);
    assert.equal(existsSync(second.path), false);
    await assert.rejects(undelete([second]), { code: "NOTHING_TO_UNDO" });
    assert.deepEqual(site.rig.intents.list(), []);
  });

  it("leave it at once when the pool has no room left", async () => {
    await remove(second);
    low = true;
    await elapse(1);
    assert.equal(existsSync(second.path), false);
  });

  it("leave it at once when they are deleted for good, or the project keeps none", async () => {
    const wish = { snapshotIds: [second.snapshotId], forGood: true };
    assert.equal((await site.rig.timeline.delete(site.project, wish, unattended)).keptHours, 0);
    assert.equal(existsSync(second.path), false);
    site.rig.projects.change(site.projectId, { undeleteHours: 0 });
    await remove(third);
    assert.equal(existsSync(third.path), false);
  });

  it("are freed after a kill, too", async () => {
    await remove(second);
    now += 25 * hour;
    await site.reopen({ clock });
    site.rig.timeline.start();
    await elapse(0);
    assert.equal(existsSync(second.path), false);
  });

  it("can be restored as they are, which brings them back", async () => {
    await remove(second);
    await site.restore(second.snapshotId);
    assert.equal(site.read("page"), "two");
    assert.ok(labels().includes("second"));
  });

  it("that retention took are pinned when they come back, or it would take them again", async () => {
    site.rig.projects.change(site.projectId, onlyNewest(1));
    site.write("page", "four");
    await site.snapshot("fourth");
    assert.deepEqual(labels(), ["fourth"]);
    const back = await undelete([first, second, third]);
    assert.deepEqual(
      back.map(({ pinned }) => pinned),
      [true, true, true],
    );
    assert.deepEqual(labels(), ["fourth", "third", "second", "first"]);
  });

  it("are all refused when one of them is pinned", async () => {
    site.rig.timeline.edit(site.project, { snapshotId: second.snapshotId, pinned: true });
    await assert.rejects(remove(first, second), { code: "SNAPSHOT_NEEDED" });
    assert.deepEqual(labels(), ["third", "second", "first"]);
  });
});
