import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { unattended } from "../../../../agent/host/longCall.ts";
import type { Room } from "../../../../agent/protocol/retention.ts";
import { testMode } from "../../../support/testMode.ts";
import { TimelineFixture } from "../rig/timelineFixture.ts";

const mib = 2 ** 20;
/** What the file system's own records and its rounding may make of it. */
const slack = mib;

describe("what deleting frees", function () {
  this.timeout(120_000);
  let site: TimelineFixture;
  beforeEach(async () => {
    site = await TimelineFixture.open();
    site.rig.projects.change(site.projectId, { maxSnapshots: 100, undeleteHours: 0 });
  });
  afterEach(() => site.close());

  const noise = (name: string, size: number) => site.shell(`head -c ${size * mib} /dev/urandom > ${name}`);
  const take = async () => (await site.snapshot()).snapshotId;
  const together = async (snapshotIds: string[]): Promise<Room> => {
    const wish = { snapshotIds, wait: true };
    const { together: room } = await site.rig.timeline.reading.retention.sizes(
      site.project,
      wish,
      unattended,
    );
    if (!room) throw new Error("It waits.");
    return room;
  };
  /** Bytes of data in use, once all that was deleted is gone. */
  const used = () => {
    const run = (...args: string[]) => execFileSync("btrfs", args, { encoding: "utf8" });
    // The first one wakes who cleans up behind what was deleted.
    run("filesystem", "sync", site.loop.path);
    run("subvolume", "sync", site.loop.path);
    run("filesystem", "sync", site.loop.path);
    const found = /^Data.*used=(\d+)/m.exec(run("filesystem", "df", "--raw", site.loop.path));
    return Number(found?.[1]);
  };
  const isNear = (found: number, wanted: number, what: string) =>
    assert.ok(Math.abs(found - wanted) <= slack, `${what}: ${found} is not ${wanted}`);
  const deleted = async (snapshotIds: string[]) => {
    const before = used();
    await site.rig.timeline.delete(site.project, { snapshotIds, forGood: true }, unattended);
    return before - used();
  };

  it("is what they alone hold, and more together than apart", async () => {
    noise("a", 8);
    const first = await take();
    noise("b", 4);
    const second = await take();
    site.shell("rm a b");
    noise("c", 2);
    const third = await take();
    site.shell("rm c");
    await take();
    isNear((await together([first])).bytes, 0, "the first");
    isNear((await together([second])).bytes, 4 * mib, "the second");
    isNear((await together([third])).bytes, 2 * mib, "the third");
    const room = await together([first, second, third]);
    isNear(room.bytes, 14 * mib, "all three");
    assert.equal(room.certainty, testMode === "root" ? "exact" : "estimate");
    if (testMode === "root") isNear(await deleted([first, second, third]), room.bytes, "freed");
  });

  it("counts what is compressed as it lies on the disk", async () => {
    site.shell("for n in {1..300}; do seq $n 9000; done > text; mkdir many");
    site.shell("for n in {1..200}; do seq $n 5000 > many/$n; done");
    const first = await take();
    site.shell("rm -r text many");
    await take();
    const { bytes } = await together([first]);
    assert.ok(bytes > 0);
    if (testMode === "root") isNear(await deleted([first]), bytes, "freed");
  });

  it("counts what was overwritten in part only once nobody holds the rest", async () => {
    noise("db", 16);
    await take();
    const write = (at: number) =>
      site.shell(`dd if=/dev/urandom of=db bs=64K count=1 seek=${at} conv=notrunc status=none`);
    write(3);
    const second = await take();
    write(3);
    write(100);
    const third = await take();
    site.shell("cp --reflink=always db copy; rm db");
    const fourth = await take();
    site.shell("rm copy");
    await take();
    for (const chosen of [[second], [third], [second, third], [third, fourth]]) {
      const { bytes } = await together(chosen);
      assert.ok(bytes < mib, `${chosen.length}: ${bytes}`);
    }
    if (testMode !== "root") return;
    const chosen = [second, third, fourth];
    const { bytes } = await together(chosen);
    isNear(await deleted(chosen), bytes, "freed");
  });

  it("does not count what a fork holds, or what waits to be brought back", async () => {
    noise("a", 4);
    const first = await take();
    noise("a", 4);
    const second = await take();
    noise("a", 4);
    await take();
    isNear((await together([first, second])).bytes, 8 * mib, "both");
    site.rig.projects.change(site.projectId, { undeleteHours: 1 });
    await site.rig.timeline.delete(site.project, { snapshotIds: [first], forGood: false }, unattended);
    isNear((await together([second])).bytes, 4 * mib, "the one that is left");
    site.rig.projects.add({
      ...site.project,
      projectId: "fork",
      slug: "fork",
      path: "/fork",
      forkedFrom: { projectId: site.projectId, slug: "site", snapshotId: second },
    });
    const room = await together([second]);
    isNear(room.bytes, 0, "with a fork");
    assert.equal(room.certainty, "atLeast");
  });

  it("adds up what it knows when snapshots between go, and asks the disk no more", async () => {
    const ids: string[] = [];
    for (const [at, name] of ["a", "b", "c", "d"].entries()) {
      noise(name, 1);
      site.shell(`rm -f ${["", "a", "b", "c"][at] ?? ""}`);
      ids.push(await take());
    }
    const [a = "", b = "", c = ""] = ids;
    isNear((await together([a])).bytes, mib, "before");
    await site.rig.timeline.delete(site.project, { snapshotIds: [b], forGood: true }, unattended);
    const wish = { snapshotIds: [a, c], wait: false };
    const { together: room } = await site.rig.timeline.reading.retention.sizes(
      site.project,
      wish,
      unattended,
    );
    isNear(room?.bytes ?? -1, 2 * mib, "after");
  });

  it("says at least for the newest, which the workspace may have left behind", async () => {
    noise("a", 2);
    const { certainty } = await together([await take()]);
    assert.equal(certainty, "atLeast");
  });
});
