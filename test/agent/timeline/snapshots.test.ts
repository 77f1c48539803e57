import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../agent/host/longCall.ts";
import { TimelineFixture } from "./rig/timelineFixture.ts";

describe("entries of a timeline", () => {
  let site: TimelineFixture;
  beforeEach(async () => {
    site = await TimelineFixture.open();
  });
  afterEach(() => site.close());

  const take = (wish: { label?: string; note?: string; pin?: boolean } = {}) =>
    site.rig.timeline.snapshot(site.project, { cause: "manual", pin: false, ...wish }, unattended);
  const subvolumes = () => readdirSync(join(site.loop.path, ".forkpoint/snapshots", site.projectId)).sort();

  it("holds what the workspace held, and grows from the head", async () => {
    const first = site.entries()[0];
    site.write("page", "two");
    const entry = await site.snapshot("second");
    assert.equal(entry.label, "second");
    assert.equal(entry.cause, "manual");
    assert.equal(entry.author, "ada");
    assert.equal(entry.head, true);
    assert.equal(entry.durability, "local");
    assert.equal(entry.parentId, first?.snapshotId);
    site.write("page", "three");
    assert.equal(readFileSync(join(entry.path, "page"), "utf8"), "two");
    assert.deepEqual(site.rig.events, ["changed/timeline", "wake"]);
  });

  it("makes no entry when nothing changed, unless a label, note or pin asks for one", async () => {
    const unchanged = await take();
    assert.equal(unchanged.entry, null);
    assert.equal(unchanged.head?.cause, "import");
    site.shell("cat page; touch -a page; mkdir x; rmdir x");
    assert.equal((await take({ label: "  " })).entry, null);
    assert.deepEqual(subvolumes(), [unchanged.head.snapshotId]);
    assert.equal((await take({ label: "here" })).entry?.label, "here");
    assert.equal((await take({ note: "why" })).entry?.note, "why");
    assert.equal((await take({ pin: true })).entry?.pinned, true);
    assert.deepEqual(site.rig.intents.list(), []);
  });

  it("is renamed, annotated, pinned, and found by the beginning of its id", async () => {
    site.write("page", "two");
    const { snapshotId } = await site.snapshot();
    const edit = (wish: object) => site.rig.timeline.edit(site.project, { snapshotId, ...wish });
    assert.equal(edit({ label: "name" }).label, "name");
    const both = edit({ note: "note", pinned: true });
    assert.deepEqual([both.label, both.note, both.pinned], ["name", "note", true]);
    assert.equal(edit({ label: null }).label, null);
    const short = snapshotId.slice(0, 8);
    assert.equal(site.rig.timeline.edit(site.project, { snapshotId: short }).snapshotId, snapshotId);
    assert.throws(() => site.rig.timeline.edit(site.project, { snapshotId: "zzzz" }), {
      code: "SNAPSHOT_NOT_FOUND",
    });
  });

  it("rolls off the oldest unpinned ones beyond the limit", async () => {
    site.rig.projects.change(site.projectId, { maxSnapshots: 3, undeleteHours: 0 });
    const [imported] = site.entries();
    site.rig.timeline.edit(site.project, { snapshotId: imported?.snapshotId ?? "", pinned: true });
    const ids: string[] = [];
    for (const text of ["a", "b", "c", "d", "e"]) {
      site.write("page", text);
      ids.push((await site.snapshot()).snapshotId);
    }
    await site.rig.timeline.close();
    const kept = [...ids.slice(-3).reverse(), imported?.snapshotId];
    assert.deepEqual(
      site.entries().map(({ snapshotId }) => snapshotId),
      kept,
    );
    assert.deepEqual(subvolumes(), kept.toSorted());
    assert.equal(site.entries()[2]?.parentId, imported?.snapshotId);
    site.rig.projects.change(site.projectId, { maxSnapshots: 1 });
    site.rig.timeline.configured(site.projectId);
    await site.rig.timeline.close();
    assert.equal(site.entries().length, 2);
  });

  it("is deleted with its room on the disk; the line goes on from its parent", async () => {
    site.write("page", "two");
    const second = await site.snapshot();
    site.write("page", "three");
    const third = await site.snapshot();
    await site.rig.timeline.delete(
      site.project,
      { snapshotIds: [second.snapshotId], forGood: true },
      unattended,
    );
    const [head, imported] = site.entries();
    assert.equal(head?.parentId, imported?.snapshotId);
    assert.equal(subvolumes().includes(second.snapshotId), false);
    await site.rig.timeline.delete(
      site.project,
      { snapshotIds: [third.snapshotId], forGood: true },
      unattended,
    );
    assert.equal(site.project.headSnapshotId, imported?.snapshotId);
    assert.equal(site.read("page"), "three");
    site.rig.timeline.edit(site.project, { snapshotId: imported?.snapshotId ?? "", pinned: true });
    await assert.rejects(
      site.rig.timeline.delete(
        site.project,
        { snapshotIds: [imported?.snapshotId ?? ""], forGood: true },
        unattended,
      ),
      {
        code: "SNAPSHOT_NEEDED",
      },
    );
    await assert.rejects(
      site.rig.timeline.delete(site.project, { snapshotIds: [second.snapshotId], forGood: true }, unattended),
      {
        code: "SNAPSHOT_NOT_FOUND",
      },
    );
  });

  it("comes in pages, newest first", async () => {
    for (const text of ["a", "b", "c"]) {
      site.write("page", text);
      await site.snapshot(text);
    }
    const page = site.rig.timeline.reading.list(site.project, { limit: 2 });
    assert.deepEqual([page.entries.map(({ label }) => label), page.more], [["c", "b"], true]);
    const rest = site.rig.timeline.reading.list(site.project, {
      limit: 2,
      before: page.entries[1]?.snapshotId ?? "",
    });
    assert.deepEqual([rest.entries.map(({ label }) => label), rest.more], [["a", null], false]);
  });

  it("is compared with another, and with the workspace as it stands", async () => {
    const [imported] = site.entries();
    const from = imported?.snapshotId ?? "";
    site.shell("echo new > new");
    const { snapshotId: to } = await site.snapshot();
    site.shell("rm page");
    const diff = (wish: object) =>
      site.rig.timeline.reading.diff(site.project, { from, limit: 1000, ...wish }, unattended);
    assert.deepEqual(
      (await diff({ to })).changes.map(({ kind, path }) => `${kind} ${path}`),
      ["added new"],
    );
    const now = await diff({});
    assert.deepEqual(
      now.changes.map(({ kind, path }) => `${kind} ${path}`),
      ["added new", "removed page"],
    );
    assert.deepEqual([now.summary.added, now.summary.removed, now.truncated], [1, 1, false]);
    const short = await diff({ limit: 1 });
    assert.deepEqual([short.changes.length, short.truncated, short.summary.removed], [1, true, 1]);
    assert.deepEqual(readdirSync(join(site.loop.path, ".forkpoint/staging")), []);
  });

  it("says so when the volume or a snapshot is not on the disk", async () => {
    site.write("page", "two");
    const { snapshotId, path } = await site.snapshot();
    await site.rig.btrfs.deleteSubvolume(path);
    await assert.rejects(site.restore(snapshotId), { code: "SNAPSHOT_NOT_LOCAL" });
    assert.equal((await take()).entry?.parentId, snapshotId);
    await site.rig.btrfs.deleteSubvolume(site.live);
    await assert.rejects(take(), { code: "VOLUME_MISSING" });
    assert.deepEqual(site.rig.intents.list(), []);
  });
});
