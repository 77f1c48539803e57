import assert from "node:assert/strict";
import { unattended } from "../../../agent/host/longCall.ts";
import type { EntryFilter } from "../../../agent/protocol/entry.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { TimelineFixture } from "./rig/timelineFixture.ts";

const hour = 3_600_000;

describe("looking through a timeline", () => {
  let site: TimelineFixture;
  let clock: ManualClock;
  beforeEach(async () => {
    clock = new ManualClock(Date.now());
    site = await TimelineFixture.open({ clock });
  });
  afterEach(() => site.close());

  const labels = (filter: EntryFilter, page: { before?: string; limit?: number } = {}) =>
    site.rig.timeline.reading
      .list(site.project, { limit: 100, filter, ...page })
      .entries.map(({ label, cause }) => label ?? cause);

  it("finds entries by label and note, cause, author and time, a page at a time", async () => {
    const start = clock.now();
    const iso = (hours: number) => new Date(start + hours * hour).toISOString();
    for (const [at, label, note] of [
      [1, "ÄPFEL and pears", undefined],
      [2, "100% sure", "before the äpfel upgrade"],
      [3, "third", undefined],
    ] as const) {
      clock.pass(start + at * hour - clock.now());
      site.write("page", label);
      const wish = { cause: "manual", pin: false, label, ...(note ? { note } : {}) } as const;
      await site.rig.timeline.snapshot(site.project, wish, unattended);
    }
    assert.deepEqual(labels({}), ["third", "100% sure", "ÄPFEL and pears", "import"]);
    assert.deepEqual(labels({ text: "äpfel" }), ["100% sure", "ÄPFEL and pears"]);
    assert.deepEqual(labels({ text: "A\u0308pfel" }, { limit: 1 }), ["100% sure"]);
    const { snapshotId = "" } = site.entries()[1] ?? {};
    assert.deepEqual(labels({ text: "äpfel" }, { before: snapshotId }), ["ÄPFEL and pears"]);
    assert.deepEqual(labels({ text: "0% s" }), ["100% sure"]);
    assert.deepEqual(labels({ text: "_" }), []);
    assert.deepEqual(labels({ causes: ["import", "timer"] }), ["import"]);
    assert.deepEqual(labels({ author: "ada" }), ["third", "100% sure", "ÄPFEL and pears"]);
    assert.deepEqual(labels({ author: "ad" }), []);
    assert.deepEqual(labels({ since: iso(2) }), ["third", "100% sure"]);
    assert.deepEqual(labels({ since: iso(1), until: iso(2) }), ["100% sure", "ÄPFEL and pears"]);
    assert.deepEqual(labels({ until: iso(2), text: "pears", causes: ["manual"] }), ["ÄPFEL and pears"]);
  });

  it("finds what was done, and nothing but chosen entries when some are named", async () => {
    const { acts, reading } = site.rig.timeline;
    site.write("page", "two");
    const wish = { cause: "install", what: "npm install Left-Pad", late: false, alone: true } as const;
    const { actId, before } = await acts.begin(site.project, wish, unattended);
    site.write("page", "three");
    const end = { actId, outcome: "done", exitCode: 0, count: false } as const;
    const { entry } = await acts.end(site.project, end, unattended);
    assert.ok(entry && before);
    const find = (filter: EntryFilter) => reading.list(site.project, { limit: 1, filter });
    assert.deepEqual(labels({ text: "left-pad" }), ["install", "install"]);
    assert.equal(find({ text: "left-pad" }).matches, 2);
    assert.equal(find({ text: "right-pad" }).matches, 0);
    const among = [before.snapshotId];
    assert.deepEqual(
      find({ among }).entries.map(({ snapshotId }) => snapshotId),
      among,
    );
    assert.equal(find({ among, causes: ["manual"] }).matches, 0);
    assert.equal(reading.list(site.project, { limit: 1 }).matches, null);
  });

  it("names the entries that changed a file or a folder, also those that brought it back or took it away", async () => {
    const [first] = site.entries();
    site.rig.projects.change(site.projectId, { maxSnapshots: 50 });
    site.shell("mkdir src; echo 1 > src/file");
    const made = await site.snapshot();
    site.write("page", "two");
    const other = await site.snapshot();
    site.shell("echo 2 > src/file");
    const changed = await site.snapshot();
    site.shell("rm src/file");
    const gone = await site.snapshot();
    const back = await site.restore(made.snapshotId, ["src"]);
    const touching = async (path: string) => {
      const wish = { path, mostEntries: 1000 };
      const { snapshotIds, unknown, complete } = await site.rig.timeline.reading.touching(
        site.project,
        wish,
        unattended,
      );
      assert.deepEqual([unknown, complete], [0, true]);
      return snapshotIds;
    };
    const touchedFile = [back.entry, gone, changed, made].map((entry) => entry?.snapshotId);
    assert.deepEqual(await touching("src/file"), touchedFile);
    assert.deepEqual(await touching("src"), touchedFile);
    assert.deepEqual(await touching("page"), [other.snapshotId, first?.snapshotId]);
    await assert.rejects(touching("never"), { code: "PATH_NOT_FOUND" });
    const { snapshotIds, complete } = await site.rig.timeline.reading.touching(
      site.project,
      { path: "src", mostEntries: 1 },
      unattended,
    );
    assert.equal(complete, false);
    assert.ok(snapshotIds.length < touchedFile.length);
  });

  it("says how much of an id is enough, and takes that much", async () => {
    site.write("page", "two");
    const { snapshotId } = await site.snapshot();
    const list = () => site.rig.timeline.reading.list(site.project, { limit: 1 });
    assert.equal(list().idLength, 6);
    const twin = `${snapshotId.slice(0, 8)}${snapshotId.endsWith("zzzz") ? "0000" : "zzzz"}`;
    const [row] = site.rig.entries.list(site.projectId, { limit: 1 });
    assert.ok(row);
    site.rig.entries.add({ ...row, snapshotId: twin });
    const { idLength } = list();
    assert.ok(idLength > 8);
    assert.equal(site.rig.timeline.reading.show(site.project, twin.slice(0, idLength)).snapshotId, twin);
    assert.throws(() => site.rig.timeline.reading.show(site.project, twin.slice(0, 8)), {
      code: "SNAPSHOT_NOT_FOUND",
    });
  });

  it("counts what each entry changed, and says which changed a path", async () => {
    const [first] = site.entries();
    site.shell("mkdir -p src/deep; echo 1 > src/deep/file; ln page other-name; ln -s src linked");
    const made = await site.snapshot();
    site.shell("echo two > other-name");
    const linked = await site.snapshot();
    site.shell("rm -r src");
    const gone = await site.snapshot();
    const changes = (path?: string) =>
      site.rig.timeline.reading.changes(
        site.project,
        {
          snapshotIds: [first, made, linked, gone].map((entry) => entry?.snapshotId ?? ""),
          ...(path === undefined ? {} : { path }),
        },
        unattended,
      );
    const counted = (await changes()).changes;
    assert.equal(counted[0]?.summary, null);
    assert.equal(counted[1]?.summary?.added, 5);
    assert.equal(counted[2]?.summary?.modified, 1);
    assert.equal(counted[3]?.summary?.removed, 3);
    assert.deepEqual(new Set(counted.map(({ touches }) => touches)), new Set([null]));
    const touching = async (path: string) => (await changes(path)).changes.map(({ touches }) => touches);
    assert.deepEqual(await touching("src"), [false, true, false, true]);
    assert.deepEqual(await touching("src/deep/file"), [false, true, false, true]);
    // Written under its other name.
    assert.deepEqual(await touching("page"), [true, false, true, false]);
    assert.deepEqual(await touching("linked/deep"), [false, false, false, false]);
    assert.deepEqual(await touching("never"), [false, false, false, false]);
    await assert.rejects(changes("../other"), { code: "PATH_OUTSIDE_VOLUME" });
  });

  it("compares chosen paths alone, and refuses those that neither side has", async () => {
    const [first] = site.entries();
    site.shell("mkdir src; echo 1 > src/a; echo 2 > b");
    const from = first?.snapshotId ?? "";
    const diff = (paths: string[]) =>
      site.rig.timeline.reading.diff(site.project, { from, paths, limit: 100 }, unattended);
    const { changes, summary } = await diff(["src"]);
    assert.deepEqual(
      changes.map(({ path }) => path),
      ["src", "src/a"],
    );
    assert.equal(summary.added, 2);
    await assert.rejects(diff(["nothing"]), { code: "PATH_NOT_FOUND" });
  });
});

describe("looking before a restore", () => {
  let site: TimelineFixture;
  beforeEach(async () => {
    site = await TimelineFixture.open();
  });
  afterEach(() => site.close());

  const preview = (wish: { snapshotId?: string; paths?: string[] }) =>
    site.rig.timeline.reading.preview(site.project, { limit: 100, ...wish }, unattended);
  const undo = (restoreId?: string) =>
    site.rig.timeline.undo(
      site.project,
      { openFiles: "refuse", ...(restoreId === undefined ? {} : { restoreId }) },
      unattended,
    );

  it("says what a restore would do to the workspace as it is, and changes nothing", async () => {
    const [first] = site.entries();
    site.shell("echo two > page; echo new > added; mkdir folder; echo x > folder/x");
    const { snapshotId = "" } = first ?? {};
    const { target, undone, changes } = await preview({ snapshotId });
    assert.equal(target.snapshotId, snapshotId);
    assert.equal(undone, null);
    const kinds = changes.map(({ kind, path }) => `${kind} ${path}`);
    assert.deepEqual(kinds, ["removed added", "removed folder", "removed folder/x", "modified page"]);
    const some = await preview({ snapshotId, paths: ["folder"] });
    assert.equal(some.summary.removed, 2);
    assert.equal(site.read("added"), "new\n");
    assert.equal(site.entries().length, 1);
    const { summary } = await site.restore(snapshotId);
    assert.deepEqual(summary, { added: 0, modified: 1, removed: 3, renamed: 0, metadata: 0 });
  });

  it("says what an undo would bring back, and what came since the restore", async () => {
    const [first] = site.entries();
    await assert.rejects(preview({}), {
      code: "NOTHING_TO_UNDO",
      message: /There is no restore to undo; the newest entry, \w+, was made by: import\./,
    });
    site.write("page", "two");
    const restored = await site.restore(first?.snapshotId ?? "");
    site.write("later", "work");
    const since = await site.snapshot("since");
    const { target, undone, newest, changes } = await preview({});
    assert.equal(target.snapshotId, restored.guard?.snapshotId);
    assert.equal(undone?.snapshotId, restored.entry?.snapshotId);
    assert.equal(newest?.snapshotId, since.snapshotId);
    assert.deepEqual(
      changes.map(({ kind, path }) => `${kind} ${path}`),
      ["removed later", "modified page"],
    );
    await undo(undone?.snapshotId);
    assert.equal(site.read("page"), "two");
  });

  it("undoes no other restore than the one that was looked at", async () => {
    const [first] = site.entries();
    site.write("page", "two");
    const { entry } = await site.restore(first?.snapshotId ?? "");
    await undo();
    await assert.rejects(undo(entry?.snapshotId), { code: "NOTHING_TO_UNDO" });
    assert.equal(site.read("page"), "two");
  });
});
