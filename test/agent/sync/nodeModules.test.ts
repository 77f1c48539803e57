import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFileSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { openTwoMachines } from "./rig/twoMachines.ts";

const repository = resolve(import.meta.dirname, "../../..");

describe("a real workspace: this repository with its dependencies", function () {
  this.timeout(300_000);

  it("comes back on another pool, as it was before and after a change", async () => {
    const store = new MemoryBlobStore();
    const both = await openTwoMachines({ here: store, there: store }, { here: 4096, there: 4096 });
    const { here, there } = both;
    try {
      const project = await here.makeProject("forkpoint");
      for (const name of ["node_modules", "agent", "test", "package.json", "package-lock.json"]) {
        // A copy of its own, also where the folder is a link to another.
        execFileSync("cp", ["-a", realpathSync(join(repository, name)), project.path]);
      }
      const first = await here.snapshot(project);
      await here.push(project);
      const inFirst = [...store.objects.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);

      const packages = join(project.path, "node_modules");
      rmSync(join(packages, "typescript"), { recursive: true });
      appendFileSync(join(project.path, "package.json"), randomBytes(1000));
      execFileSync("cp", ["-al", join(packages, "zod"), join(packages, "zod-twin")]);
      const second = await here.snapshot(project);
      await here.push(project);
      const inBoth = [...store.objects.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
      assert.ok(inBoth - inFirst < inFirst / 50, "the change was stored as a change");

      for (const entry of [first, second]) {
        const pulled = await there.pull("forkpoint", entry.snapshotId);
        assert.equal(treeFingerprint(pulled), treeFingerprint(here.pathOf(entry)));
      }
      assert.ok(readdirSync(packages).length > 50);
    } finally {
      await both.close();
    }
  });
});
