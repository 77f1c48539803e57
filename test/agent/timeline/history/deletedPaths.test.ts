import assert from "node:assert/strict";
import { unattended } from "../../../../agent/host/longCall.ts";
import type { Result } from "../../../../agent/protocol/methods.ts";
import { TimelineFixture } from "../rig/timelineFixture.ts";

type Page = { path?: string; limit?: number; mostEntries?: number; from?: string };

describe("finding what was deleted", () => {
  let site: TimelineFixture;
  beforeEach(async () => {
    site = await TimelineFixture.open();
    site.rig.projects.change(site.projectId, { maxSnapshots: 1000 });
  });
  afterEach(() => site.close());

  const deleted = (page: Page = {}): Promise<Result<"timeline/deleted">> =>
    site.rig.timeline.reading.deleted(site.project, { limit: 100, mostEntries: 100, ...page }, unattended);
  const entry = async (script: string) => {
    site.shell(script);
    return (await site.snapshot()).snapshotId;
  };

  it("lists each path by the newest entry that holds it, and a folder that went as one", async () => {
    const made = await entry(
      "mkdir -p src/deep node_modules/a; touch src/deep/one src/kept node_modules/a/b old",
    );
    const moved = await entry("rm old; mv src/kept src/renamed");
    const again = await entry("rm -r node_modules; mkdir node_modules; touch node_modules/new");
    site.shell("rm -r src/deep");
    const { deleted: found, next, unknown } = await deleted();
    assert.deepEqual(
      found.map(({ path, kind, below, entry: { snapshotId } }) => ({ path, kind, below, snapshotId })),
      [
        { path: "src/deep", kind: "directory", below: 1, snapshotId: again },
        { path: "node_modules/a", kind: "directory", below: 1, snapshotId: moved },
        { path: "old", kind: "file", below: 0, snapshotId: made },
      ],
    );
    assert.equal(next, null);
    assert.equal(unknown, 0);
    const below = await deleted({ path: "src" });
    assert.deepEqual(
      below.deleted.map(({ path }) => path),
      ["src/deep"],
    );
    site.shell("mkdir src/deep; touch src/deep/other");
    assert.deepEqual(
      (await deleted({ path: "src" })).deleted.map(({ path }) => path),
      ["src/deep/one"],
    );
  });

  it("comes in pages by paths and by entries", async () => {
    await entry("touch a b c d");
    await entry("rm a b");
    await entry("touch between");
    await entry("rm c d");
    for (const size of [{ limit: 1 }, { mostEntries: 1 }, { limit: 2, mostEntries: 2 }]) {
      const paths: string[] = [];
      for (let from: string | null | undefined; from !== null;) {
        const page = await deleted({ ...size, ...(from === undefined ? {} : { from }) });
        paths.push(...page.deleted.map(({ path }) => path));
        from = page.next;
      }
      assert.deepEqual(paths, ["c", "d", "a", "b"], JSON.stringify(size));
    }
    await assert.rejects(deleted({ from: "nonsense" }), { code: "BAD_REQUEST" });
  });

  it("goes on over an entry that is not on this disk", async () => {
    await entry("touch a b");
    const lost = await site.snapshot("lost");
    await entry("rm a");
    await site.rig.btrfs.deleteSnapshot(lost.path);
    const found = await deleted();
    assert.deepEqual(
      found.deleted.map(({ path }) => path),
      ["a"],
    );
    assert.equal(found.unknown, 1);
  });
});
