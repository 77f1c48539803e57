import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { everyKindOfEntry } from "../../support/everyKindOfEntry.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { TimelineFixture } from "./rig/timelineFixture.ts";

describe("snapshot, destroy, restore", () => {
  let site: TimelineFixture;
  beforeEach(async () => {
    site = await TimelineFixture.open({ mib: 4096 });
  });
  afterEach(() => site.close());

  it("gives back every kind of entry, a file of 5 GiB among them", async function () {
    this.timeout(600_000);
    everyKindOfEntry(site.live, { huge: true });
    await assertGivenBack();
  });

  it("gives back this repository with its node_modules", async function () {
    this.timeout(300_000);
    const checkout = fileURLToPath(new URL("../../..", import.meta.url));
    for (const name of ["agent", "extension", "test", "node_modules", "package.json"]) {
      execFileSync("cp", ["-a", `${checkout}/${name}`, site.live]);
    }
    await assertGivenBack();
  });

  async function assertGivenBack(): Promise<void> {
    const before = treeFingerprint(site.live);
    const { snapshotId, path } = await site.snapshot();
    site.shell("shopt -s dotglob; rm -rf -- *");
    assert.deepEqual(readdirSync(site.live), []);
    await site.restore(snapshotId);
    assert.ok(treeFingerprint(site.live) === before, "the workspace differs from what it was");
    assert.ok(treeFingerprint(path) === before, "the snapshot differs from what it was");
  }
});
