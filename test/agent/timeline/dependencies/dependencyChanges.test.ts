import assert from "node:assert/strict";
import { truncateSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../../agent/host/longCall.ts";
import { TimelineFixture } from "../rig/timelineFixture.ts";

describe("the packages that a comparison says have changed", () => {
  let site: TimelineFixture;
  beforeEach(async () => {
    site = await TimelineFixture.open();
  });
  afterEach(() => site.close());

  const lock = (packages: Record<string, string>) =>
    JSON.stringify({
      lockfileVersion: 3,
      packages: Object.fromEntries(
        Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version }]),
      ),
    });
  const diff = async (from: string, to?: string) => {
    const wish = { from, limit: 100, packages: true, ...(to === undefined ? {} : { to }) };
    const { dependencies } = await site.rig.timeline.reading.diff(site.project, wish, unattended);
    assert.ok(dependencies);
    return dependencies;
  };

  it("are those of the lockfiles that differ, also of one in a folder that was renamed", async () => {
    site.shell("mkdir api");
    site.write("package-lock.json", lock({ a: "1.0.0", b: "1.0.0", same: "1.0.0" }));
    site.write("api/package-lock.json", lock({ deep: "1.0.0" }));
    const first = await site.snapshot();
    site.write("package-lock.json", lock({ a: "1.10.0", c: "2.0.0", same: "1.0.0" }));
    site.shell("mv api server");
    site.write("server/package-lock.json", lock({ deep: "2.0.0" }));
    const { lockfiles, left } = await diff(first.snapshotId);
    assert.equal(left, 0);
    assert.deepEqual(lockfiles, [
      {
        ...{ path: "package-lock.json", tool: "npm", problem: null, added: 1, moved: 1, removed: 1 },
        packages: [
          { name: "a", before: ["1.0.0"], after: ["1.10.0"] },
          { name: "c", before: [], after: ["2.0.0"] },
          { name: "b", before: ["1.0.0"], after: [] },
        ],
      },
      {
        ...{ path: "server/package-lock.json", tool: "npm", problem: null, added: 0, moved: 1, removed: 0 },
        packages: [{ name: "deep", before: ["1.0.0"], after: ["2.0.0"] }],
      },
    ]);
  });

  it("are told for a lockfile that came, and for one that went", async () => {
    const first = await site.snapshot("without");
    site.write("package-lock.json", lock({ a: "1.0.0" }));
    const second = await site.snapshot();
    const came = await diff(first.snapshotId, second.snapshotId);
    assert.deepEqual(came.lockfiles[0]?.packages, [{ name: "a", before: [], after: ["1.0.0"] }]);
    const went = await diff(second.snapshotId, first.snapshotId);
    assert.deepEqual(went.lockfiles[0]?.packages, [{ name: "a", before: ["1.0.0"], after: [] }]);
  });

  it("are not known of a lockfile that does not parse, is too large or no file, which is said", async () => {
    site.shell("mkdir large link");
    for (const place of ["", "large/", "link/"])
      site.write(`${place}package-lock.json`, lock({ a: "1.0.0" }));
    const first = await site.snapshot();
    site.write("package-lock.json", '{"lockfileVersion": 3,');
    truncateSync(join(site.live, "large/package-lock.json"), 9 * 1024 * 1024);
    site.shell("ln -sf /etc/passwd link/package-lock.json");
    const { lockfiles } = await diff(first.snapshotId);
    assert.deepEqual(
      lockfiles.map(({ problem }) => problem),
      [
        "large/package-lock.json could not be read: it is larger than 8 MiB.",
        "link/package-lock.json could not be read: it is no file.",
        "package-lock.json could not be read: it is not JSON.",
      ],
    );
  });

  it("cost nothing when nobody asks for them", async () => {
    const first = await site.snapshot("first");
    site.write("package-lock.json", "{");
    const wish = { from: first.snapshotId, limit: 100 };
    assert.equal(
      (await site.rig.timeline.reading.diff(site.project, wish, unattended)).dependencies,
      undefined,
    );
  });
});
