import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../../agent/host/longCall.ts";
import type { Entry } from "../../../../agent/protocol/entry.ts";
import type { PathVersion } from "../../../../agent/protocol/pathHistory.ts";
import { ManualClock } from "../../../support/manualClock.ts";
import { TimelineFixture } from "../rig/timelineFixture.ts";

describe("the history of a path", () => {
  let site: TimelineFixture;
  beforeEach(async () => {
    site = await TimelineFixture.open();
    site.rig.projects.change(site.projectId, { maxSnapshots: 1000 });
  });
  afterEach(() => site.close());

  const history = (path: string, page: { limit?: number; from?: string } = {}) =>
    site.rig.timeline.reading.history(site.project, { path, limit: 100, ...page }, unattended);
  const entry = async (script: string): Promise<Entry> => {
    site.shell(script);
    return site.snapshot();
  };
  /** Labels an entry by the place it has among those given. */
  const told = (versions: readonly PathVersion[], entries: readonly Entry[]) => {
    const at = (one: Entry | null) =>
      one && entries.findIndex(({ snapshotId }) => snapshotId === one.snapshotId);
    return versions.map(({ kind, size, first, last, entries: count, now, gone, goneIn }) => ({
      kind,
      size,
      held: [at(first), at(last), count],
      ...(now ? { now } : {}),
      ...(gone ? { gone: at(goneIn) } : {}),
    }));
  };

  it("has each version once, with the entries that hold it, and now", async () => {
    const entries = [
      await entry("mkdir -p node_modules/a; echo one > node_modules/a/file; touch other"),
      await entry("echo 2 >> other"),
      await entry("echo longer > node_modules/a/file"),
      await entry("echo 3 >> other"),
      await entry("chmod +x node_modules/a/file"),
    ];
    site.shell("echo now, and longer > node_modules/a/file");
    const { versions, next, unknown } = await history("node_modules/a/file");
    assert.deepEqual(told(versions, entries), [
      { kind: "file", size: 16, held: [null, null, 0], now: true },
      { kind: "file", size: 7, held: [4, 4, 1] },
      { kind: "file", size: 7, held: [2, 3, 2] },
      { kind: "file", size: 4, held: [0, 1, 2] },
    ]);
    assert.deepEqual(
      versions.map(({ mode }) => mode.toString(8)),
      ["755", "755", "644", "644"],
    );
    assert.equal(next, null);
    assert.equal(unknown, 0);
  });

  it("gives a version that came back once, whether a restore or a person brought it, and says how often it came", async () => {
    const entries = [await entry("echo one > file"), await entry("echo two > file")];
    const { entry: restored } = await site.restore(entries[0]?.snapshotId ?? "", ["file"]);
    assert.ok(restored);
    entries.push(restored);
    entries.push(await entry("echo two > file"), await entry("touch file"));
    const { versions, uncompared } = await history("file");
    assert.deepEqual(told(versions, entries), [
      { kind: "file", size: 4, held: [1, 4, 3], now: true },
      { kind: "file", size: 4, held: [0, 2, 2] },
    ]);
    assert.deepEqual(
      versions.map(({ times }) => times),
      [2, 2],
    );
    assert.equal(uncompared, 0);
  });

  it("knows a file again that is too large to be read, as long as nobody touched it", async () => {
    const entries = [
      await entry("truncate -s 100M disk; echo one | dd of=disk conv=notrunc bs=1M seek=50 status=none"),
      await entry("touch other"),
    ];
    const unchanged = await history("disk");
    assert.deepEqual(told(unchanged.versions, entries), [
      { kind: "file", size: 104_857_600, held: [0, 1, 2], now: true },
    ]);
    assert.equal(unchanged.uncompared, 0);
    site.shell("echo two | dd of=disk conv=notrunc bs=1M seek=50 status=none");
    const changed = await history("disk");
    assert.deepEqual(told(changed.versions, entries), [
      { kind: "file", size: 104_857_600, held: [null, null, 0], now: true },
      { kind: "file", size: 104_857_600, held: [0, 1, 2] },
    ]);
    assert.equal(changed.uncompared, 1);
  });

  it("finds what was deleted, what came and went, and what became something else", async () => {
    const entries = [
      await entry("echo one > a"),
      await entry("rm a"),
      await entry("mkdir a; echo in > a/b"),
      await entry("rm -r a; ln -s page a"),
      await entry("rm a; mkfifo a"),
      await entry("rm a"),
      await entry("touch other"),
    ];
    assert.deepEqual(told((await history("a")).versions, entries), [
      { kind: "other", size: null, held: [4, 4, 1], gone: 5 },
      { kind: "symlink", size: null, held: [3, 3, 1] },
      { kind: "directory", size: null, held: [2, 2, 1] },
      { kind: "file", size: 4, held: [0, 0, 1], gone: 1 },
    ]);
    assert.equal((await history("a")).versions[1]?.target, "page");
    assert.deepEqual(told((await history("a/b")).versions, entries), [
      { kind: "file", size: 3, held: [2, 2, 1], gone: 3 },
    ]);
    site.shell("rm page");
    const { versions } = await history("page");
    assert.deepEqual(versions.map(({ gone, goneIn, now }) => ({ gone, goneIn, now })), [{ gone: true, goneIn: null, now: false }]); // prettier-ignore
  });

  it("follows no link, leaves no volume, and takes nothing for another path", async () => {
    await entry("mkdir real; echo in > real/file; ln -s real linked; ln -s / out");
    await assert.rejects(history("linked/file"), {
      code: "PATH_OUTSIDE_VOLUME",
      message: "The path linked/file goes through the symbolic link linked.",
    });
    await assert.rejects(history("out/etc/passwd"), { code: "PATH_OUTSIDE_VOLUME" });
    await assert.rejects(history("../page"), { code: "PATH_OUTSIDE_VOLUME" });
    await assert.rejects(history("page/below"), { code: "PATH_NOT_FOUND" });
    await assert.rejects(history("never/was"), { code: "PATH_NOT_FOUND" });
    site.shell("btrfs subvolume create nested; echo in > nested/file");
    await assert.rejects(history("nested/file"), { code: "PATH_OUTSIDE_VOLUME" });
    await entry("touch other");
    // Of what is in it, snapshots hold nothing: it is neither theirs nor deleted.
    await assert.rejects(history("nested"), { code: "PATH_OUTSIDE_VOLUME" });
  });

  it("sees a folder on the way that was away in between, though the file was not touched", async () => {
    await entry("mkdir -p on/the; echo one > on/the/way");
    await entry("touch before");
    const entries = [await entry("mv on/the away; mkdir on/the; echo other > on/the/way")];
    await entry("rm -r on/the; mv away on/the; touch on/new; touch on/the/new");
    for (let at = 0; at < 4; at++) await entry(`touch on/${at} on/the/${at}`);
    const { versions } = await history("on/the/way");
    assert.deepEqual(told(versions, entries), [
      { kind: "file", size: 4, held: [-1, -1, 7], now: true },
      { kind: "file", size: 6, held: [0, 0, 1] },
    ]);
  });

  it("takes a new version with the size and the time of the old one for what it is", async () => {
    const entries = [await entry("echo one > file; touch -d 2026-01-01 file"), await entry("touch other")];
    entries.push(await entry("echo two > file; touch -d 2026-01-01 file"));
    assert.deepEqual(told((await history("file")).versions, entries), [
      { kind: "file", size: 4, held: [2, 2, 1], now: true },
      { kind: "file", size: 4, held: [0, 1, 2] },
    ]);
  });

  it("says what a file was called before, also when its folder was renamed", async () => {
    await entry("mkdir src; echo one > src/old");
    await entry("mv src/old src/new");
    await entry("mv src lib");
    assert.equal((await history("src/new")).versions[0]?.from, "src/old");
    assert.equal((await history("lib/new")).versions[0]?.from, "src/new");
    assert.equal((await history("page")).versions[0]?.from, null);
    assert.equal((await history("src/old")).versions[0]?.gone, true);
  });

  it("reads names that are not UTF-8", async () => {
    writeFileSync(Buffer.concat([Buffer.from(join(site.live, "caf")), Buffer.from([0xe9])]), "latin");
    const { snapshotId } = await site.snapshot();
    const [version] = (await history("caf\\xe9")).versions;
    assert.equal(version?.first?.snapshotId, snapshotId);
    assert.equal(version.size, 5);
  });

  it("has a folder's versions by what changed below it, a page at a time", async () => {
    const entries = [
      await entry("mkdir -p src/deep; echo 1 > src/deep/file"),
      await entry("touch elsewhere"),
      await entry("echo 22 > src/deep/file; touch src/more"),
      await entry("touch elsewhere-too"),
      await entry("rm -r src"),
      await entry("mkdir src; touch src/fresh"),
    ];
    const { versions, next } = await history("src");
    assert.equal(next, null);
    assert.deepEqual(told(versions, entries), [
      { kind: "directory", size: null, held: [5, 5, 1], now: true },
      { kind: "directory", size: null, held: [2, 3, 2], gone: 4 },
      { kind: "directory", size: null, held: [0, 1, 2] },
    ]);
    assert.deepEqual(versions[1]?.changes, { added: 1, modified: 1, removed: 0, renamed: 0, metadata: 0 });
    const pages: PathVersion[] = [];
    for (let from: string | null | undefined; from !== null;) {
      const page = await history("src", { limit: 1, ...(from === undefined ? {} : { from }) });
      assert.equal(page.versions.length, 1);
      pages.push(...page.versions);
      from = page.next;
    }
    assert.deepEqual(pages, versions);
    await assert.rejects(history("src", { from: "nosuchentry0" }), { code: "SNAPSHOT_NOT_FOUND" });
  });

  it("pages a file's versions, though an entry of the page before is deleted meanwhile", async () => {
    for (let at = 0; at < 5; at++) await entry(`printf %0${at + 1}d 0 > file`);
    const first = await history("file", { limit: 2 });
    assert.deepEqual(
      first.versions.map(({ size }) => size),
      [5, 4],
    );
    await site.rig.timeline.delete(
      site.project,
      { snapshotIds: [first.next ?? ""], forGood: true },
      unattended,
    );
    const second = await history("file", { limit: 2, from: first.next ?? "" });
    assert.deepEqual(
      second.versions.map(({ size }) => size),
      [2, 1],
    );
    assert.equal(second.next, null);
  });

  it("counts entries that are not on this disk instead of taking the path for deleted", async () => {
    await entry("echo one > file");
    const lost = await entry("echo two > other");
    await entry("echo three > other");
    await site.rig.btrfs.deleteSnapshot(lost.path);
    site.shell("echo changed > file");
    await site.snapshot();
    const { versions, unknown } = await history("file");
    assert.equal(unknown, 1);
    assert.deepEqual(
      versions.map(({ gone, times }) => ({ gone, times })),
      [
        { gone: false, times: 1 },
        { gone: false, times: 1 },
      ],
    );
  });

  it("proves nothing by a snapshot that was rebuilt from the store", async () => {
    const clock = new ManualClock(Date.now());
    await site.close();
    site = await TimelineFixture.open({ clock });
    const entries: Entry[] = [];
    for (const text of ["one", "two", "one", "end"]) {
      clock.pass(3_600_000);
      entries.push(await entry(`echo ${text} > file`));
    }
    // As if the third had been pulled onto the first, of which it then has the inode.
    const [first, , third] = entries;
    assert.ok(first && third);
    await site.rig.btrfs.deleteSnapshot(third.path);
    await site.rig.btrfs.snapshot(first.path, third.path, { readOnly: true });
    site.rig.entries.bury(site.projectId, third.snapshotId, clock.now());
    site.rig.entries.revive(site.projectId, third.snapshotId);
    assert.deepEqual(told((await history("file")).versions, entries), [
      { kind: "file", size: 4, held: [3, 3, 1], now: true },
      { kind: "file", size: 4, held: [0, 2, 2] },
      { kind: "file", size: 4, held: [1, 1, 1] },
    ]);
  });
});
