import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorBody } from "../../../../agent/protocol/errors.ts";
import type { Project } from "../../../../agent/protocol/project.ts";
import { Machine } from "../../../support/machine.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";

describe("those who want the same workspace", function () {
  this.timeout(60_000);
  let machine: Machine;
  let project: Project & { snapshotId: string };
  before(async () => {
    machine = await Machine.withPool(768);
    const source = machine.makeFolder("source");
    mkdirSync(join(source, "many"));
    for (let n = 0; n < 4000; n++) writeFileSync(join(source, "many", `f${n}`), `${n}`);
    writeFileSync(join(source, "file"), "one");
    project = await machine.import(source, "--slug", "shop");
  });
  after(() => machine.end());

  it("restore it one at a time: the second window is told that it is busy", async () => {
    const tree = treeFingerprint(project.path);
    execFileSync("bash", ["-ec", "cd many; for f in *; do echo changed > $f; done"], { cwd: project.path });
    const [one, other] = [await machine.connect(), await machine.connect()];
    const restore = { project: "shop", snapshotId: project.snapshotId };
    const outcomes = await Promise.allSettled([
      one.call("timeline/restore", restore),
      other.call("timeline/restore", restore),
    ]);
    const failed = outcomes
      .filter((each) => each.status === "rejected")
      .map((each) => errorBody(each.reason));
    assert.deepEqual(
      failed.map(({ code }) => code),
      ["PROJECT_BUSY"],
    );
    assert.notEqual(failed[0]?.hint, "");
    assert.equal(treeFingerprint(project.path), tree);
    await one.call("timeline/undo", { project: "shop" });
    await one.call("timeline/undo", { project: "shop" });
    assert.equal(treeFingerprint(project.path), tree);
  });

  it("are named when a restore would change a file they write to, and nothing is changed", async () => {
    writeFileSync(join(project.path, "file"), "two");
    const writer = spawn("bash", ["-c", "exec 3>>file; echo ready; read -r"], {
      cwd: project.path,
      stdio: ["pipe", "pipe", "inherit"],
    });
    try {
      await once(writer.stdout, "data");
      const tree = treeFingerprint(project.path);
      const error = await machine.error("restore", "shop", project.snapshotId);
      assert.equal(error.code, "OPEN_FILES");
      assert.match(JSON.stringify(error.details), new RegExp(`"pid":${writer.pid}\\b`));
      assert.match(JSON.stringify(error.details), /"bash"/);
      assert.equal(treeFingerprint(project.path), tree);
      await machine.json("restore", "shop", project.snapshotId, "--open-files", "proceed");
      assert.notEqual(treeFingerprint(project.path), tree);
    } finally {
      writer.stdin.end("\n");
      await once(writer, "exit");
    }
  });
});
