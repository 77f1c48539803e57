import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { newEntry } from "../../../../agent/catalog/newEntry.ts";
import { newId } from "../../../../agent/host/ids.ts";
import { unattended } from "../../../../agent/host/longCall.ts";
import { snapshotPath } from "../../../../agent/volumes/layout.ts";
import { TimelineFixture } from "../rig/timelineFixture.ts";

const minute = 60_000;

describe("what a history costs", function () {
  this.timeout(120_000);
  let site: TimelineFixture;
  let createdAt: number;
  before(async () => {
    site = await TimelineFixture.open();
    createdAt = Date.now() + minute;
  });
  after(() => site.close());

  /** Real snapshots, registered as if a minute lay between two. */
  const entriesAfterEach = (scripts: readonly string[]) => {
    const { projectId } = site;
    const ids = scripts.map(() => newId());
    const paths = ids.map((snapshotId) => snapshotPath(site.loop.path, projectId, snapshotId));
    mkdirSync(dirname(paths[0] ?? ""), { recursive: true });
    const lines = scripts.map(
      (script, at) => `${script}; btrfs -q subvolume snapshot -r . ${paths[at] ?? ""}`,
    );
    // A thousand of them wait long for a disk to confirm what this test does not need confirmed.
    site.shell(`mount -o remount,nobarrier ${site.loop.path}`);
    for (let at = 0; at < lines.length; at += 100) site.shell(lines.slice(at, at + 100).join("\n"));
    for (const snapshotId of ids) {
      createdAt += minute;
      const common = { snapshotId, projectId, parentId: null, author: "ada", createdAt };
      site.rig.entries.add(newEntry({ ...common, cause: "timer" }));
    }
  };

  it("follows the entries that touched the path: 1,000 entries, three versions", async () => {
    const scripts = Array.from({ length: 1000 }, (_, at) => {
      const busy = `echo ${at} > src/busy; mv src/busy src/other-${at % 7}`;
      const written = { 0: "one", 300: "two", 700: "three" }[at];
      const before = at === 0 ? "mkdir -p src vendor/lib/x; " : "";
      return `${before}${busy}${written ? `; echo ${written} > src/file` : ""}`;
    });
    entriesAfterEach(scripts);
    const history = (path: string) =>
      site.rig.timeline.reading.history(site.project, { path, limit: 10 }, unattended);
    const file = await history("src/file");
    assert.deepEqual(
      file.versions.map(({ entries, now }) => [entries, now]),
      [
        [300, true],
        [400, false],
        [300, false],
      ],
    );
    assert.ok(file.looks < 50, `${file.looks} looks`);
    const deep = await history("vendor/lib/x");
    assert.equal(deep.versions.length, 1);
    await assert.rejects(history("vendor/lib/missing"), { code: "PATH_NOT_FOUND" });
    const never = await history("page");
    assert.ok(never.looks < 15, `${never.looks} looks`);
  });
});
