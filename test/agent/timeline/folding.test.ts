import assert from "node:assert/strict";
import { unattended } from "../../../agent/host/longCall.ts";
import { TimelineFixture } from "./rig/timelineFixture.ts";

describe("a comparison with folders folded up", () => {
  let site: TimelineFixture;
  let first: string;
  beforeEach(async () => {
    site = await TimelineFixture.open();
    first = site.project.headSnapshotId ?? "";
  });
  afterEach(() => site.close());

  const diff = (fold: string[] | undefined, limit = 10) =>
    site.rig.timeline.reading.diff(
      site.project,
      { from: first, limit, ...(fold ? { fold } : {}) },
      unattended,
    );

  it("counts what lies in them and lists the rest, so that no number of files hides what people wrote", async () => {
    site.shell(
      "mkdir -p node_modules/a/dist src; echo new > src/app; echo two > page\n" +
        "for n in $(seq 30); do echo $n > node_modules/a/$n; done; echo x > node_modules/a/dist/x",
    );
    const { changes, folded, summary, truncated } = await diff(["node_modules", "dist"]);
    assert.deepEqual(
      changes.map(({ path }) => path),
      ["page", "src", "src/app"],
    );
    assert.equal(truncated, false);
    assert.deepEqual(folded, [
      {
        path: "node_modules",
        files: 31,
        summary: { added: 34, modified: 0, removed: 0, renamed: 0, metadata: 0 },
        bytes: 30 * 2 + 21 + 2,
      },
    ]);
    assert.equal(summary.added, 36);
  });

  it("folds names that are not UTF-8, and a folder that became a file is listed", async () => {
    site.shell(
      "mkdir -p 'a'$'\\xff' dist; mkdir 'a'$'\\xff'/dist; echo x > 'a'$'\\xff'/dist/f; echo x > dist/f",
    );
    first = (await site.snapshot()).snapshotId;
    site.shell("echo y > 'a'$'\\xff'/dist/f; rm -r dist; echo file > dist");
    const { changes, folded } = await diff(["dist"]);
    assert.deepEqual(
      folded?.map(({ path, files }) => [path, files]),
      [
        ["a\\xff/dist", 1],
        ["dist", 1],
      ],
    );
    assert.deepEqual(
      changes.map(({ path, kind, type }) => [path, kind, type]),
      [["dist", "modified", "file"]],
    );
  });

  it("lists all when nothing is to be folded, up to the limit", async () => {
    site.shell("mkdir node_modules; for n in $(seq 30); do echo $n > node_modules/$n; done");
    const { changes, folded, truncated } = await diff(undefined);
    assert.deepEqual([changes.length, folded, truncated], [10, undefined, true]);
  });

  it("says which permissions were changed to which", async () => {
    site.shell("chmod 755 page; touch -d @1 page");
    const [change] = (await diff(undefined)).changes;
    assert.deepEqual(change?.modes, { before: 0o644, after: 0o755 });
  });
});
