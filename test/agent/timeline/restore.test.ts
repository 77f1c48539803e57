import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../agent/host/longCall.ts";
import { everyKindOfEntry } from "../../support/everyKindOfEntry.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { TimelineFixture } from "./rig/timelineFixture.ts";

describe("restoring", () => {
  let site: TimelineFixture;
  let first: string;
  beforeEach(async () => {
    site = await TimelineFixture.open();
    first = site.project.headSnapshotId ?? "";
  });
  afterEach(() => site.close());

  const undo = () => site.rig.timeline.undo(site.project, { openFiles: "refuse" }, unattended);
  const staging = () => readdirSync(join(site.loop.path, ".forkpoint/staging"));

  it("brings the workspace back to an entry, with a guard of what was there", async () => {
    everyKindOfEntry(site.live);
    const full = await site.snapshot("full");
    const before = treeFingerprint(site.live);
    site.shell("rm -rf linked acl-folder plain; echo other > page; mv random elsewhere");
    const { entry, guard, summary } = await site.restore(full.snapshotId);
    assert.equal(treeFingerprint(site.live), before);
    assert.equal(entry?.cause, "restore");
    assert.equal(entry.parentId, full.snapshotId);
    assert.equal(entry.guardId, guard?.snapshotId);
    assert.equal(entry.head, true);
    assert.equal(guard?.cause, "guard");
    assert.equal(guard.parentId, full.snapshotId);
    assert.equal(summary.renamed, 1);
    assert.equal(treeFingerprint(entry.path), before);
    assert.equal(existsSync(join(guard.path, "elsewhere")), true);
    assert.deepEqual(site.rig.intents.list(), []);
    assert.deepEqual(staging(), []);
  });

  it("is undone, and the undoing undone", async () => {
    site.write("page", "two");
    await site.restore(first);
    assert.equal(site.read("page"), "one");
    await undo();
    assert.equal(site.read("page"), "two");
    await undo();
    assert.equal(site.read("page"), "one");
  });

  it("uses the head as the guard when the workspace is equal to it", async () => {
    site.write("page", "two");
    const head = await site.snapshot();
    const { guard } = await site.restore(first);
    assert.equal(guard?.snapshotId, head.snapshotId);
    assert.equal(site.entries().length, 3);
    const subvolumes = readdirSync(join(site.loop.path, ".forkpoint/snapshots", site.projectId));
    assert.equal(subvolumes.length, 3);
  });

  it("does nothing when the workspace is equal already", async () => {
    const restored = await site.restore(first);
    assert.deepEqual([restored.entry, restored.guard], [null, null]);
    assert.equal(site.entries().length, 1);
    await assert.rejects(undo(), { code: "NOTHING_TO_UNDO" });
    assert.deepEqual(site.rig.intents.list(), []);
  });

  it("keeps shells and open files alive that it does not touch", async () => {
    site.shell("mkdir work; echo keep > work/keep");
    const target = await site.snapshot();
    const inode = statSync(join(site.live, "work")).ino;
    const shell = spawn("bash", ["-c", "read line; cat keep; pwd"], { cwd: join(site.live, "work") });
    let said = "";
    shell.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    site.write("page", "two");
    await site.restore(target.snapshotId);
    shell.stdin.end("go\n");
    await once(shell, "close");
    assert.equal(said, `keep\n${join(site.live, "work")}\n`);
    assert.equal(statSync(join(site.live, "work")).ino, inode);
  });

  it("restores chosen paths; the entry then grows from the state before", async () => {
    site.shell("echo b > other");
    const target = await site.snapshot();
    site.shell("echo changed > other; echo changed > page");
    const { entry, guard, summary } = await site.restore(target.snapshotId, ["other"]);
    assert.equal(site.read("other"), "b\n");
    assert.equal(site.read("page"), "changed\n");
    assert.equal(entry?.parentId, guard?.snapshotId);
    assert.equal(summary.modified, 1);
  });

  it("restores a path that is one of several names of a file", async () => {
    site.shell("mkdir a b; echo one > a/first; ln a/first b/second; ln a/first b/third");
    const target = await site.snapshot();
    for (const [path, file] of [
      ["b/second", "b/second"],
      ["a/first", "a/first"],
      ["b", "b/third"],
    ] as const) {
      site.shell("echo two > a/first");
      const { entry, summary } = await site.restore(target.snapshotId, [path]);
      assert.equal(site.read(file), "one\n");
      assert.ok(entry);
      assert.ok(summary.modified > 0);
      site.shell("ln -f a/first b/second; ln -f a/first b/third");
    }
  });

  it("refuses paths that lead out of the volume or are nowhere", async () => {
    site.shell("ln -s /etc out; echo two > page");
    const target = await site.snapshot();
    site.shell("echo three > page");
    for (const path of ["../page", "/etc/passwd", "a/../../b", "", "."]) {
      await assert.rejects(site.restore(target.snapshotId, [path]), { code: "PATH_OUTSIDE_VOLUME" }, path);
    }
    await assert.rejects(site.restore(target.snapshotId, ["nowhere"]), { code: "PATH_NOT_FOUND" });
    await assert.rejects(site.restore(target.snapshotId, ["out/passwd"]), { code: "PATH_OUTSIDE_VOLUME" });
    site.shell("rm out; mkdir out; echo mine > out/passwd");
    await assert.rejects(site.restore(target.snapshotId, ["out/passwd"]), { code: "PATH_OUTSIDE_VOLUME" });
    await site.restore(target.snapshotId, ["out"]);
    assert.equal(readlinkSync(join(site.live, "out")), "/etc");
    assert.equal(site.read("page"), "three\n");
  });

  it("asks before it changes files that programs write to", async () => {
    site.shell("echo 1 > log; echo 1 > calm");
    const target = await site.snapshot();
    site.shell("echo 2 > log; echo 2 > calm");
    const writer = spawn("bash", ["-c", "exec 3>>log; echo ready; read line"], { cwd: site.live });
    try {
      await once(writer.stdout, "data");
      await assert.rejects(site.restore(target.snapshotId), (thrown: unknown) => {
        const { code, details } = thrown as { code: string; details: { programs: unknown[] } };
        assert.equal(code, "OPEN_FILES");
        assert.deepEqual(details.programs, [{ name: "bash", pid: writer.pid, files: ["log"] }]);
        return true;
      });
      assert.equal(site.read("calm"), "2\n");
      assert.equal(site.entries().length, 2);
      await site.restore(target.snapshotId, ["calm"]);
      assert.equal(site.read("calm"), "1\n");
      const wish = { snapshotId: target.snapshotId, openFiles: "proceed" } as const;
      await site.rig.timeline.restore(site.project, wish, unattended);
      assert.equal(site.read("log"), "1\n");
    } finally {
      writer.stdin.end("\n");
      await once(writer, "close");
    }
  });

  it("is refused while another operation has the project", async () => {
    site.write("page", "two");
    const running = site.restore(first);
    await assert.rejects(site.restore(first), { code: "PROJECT_BUSY" });
    await running;
    assert.equal(site.read("page"), "one");
  });

  it("takes everything back when the pool runs full", async function () {
    this.timeout(60_000);
    await site.close();
    site = await TimelineFixture.open({ mib: 256 });
    site.shell("for i in $(seq 40); do head -c 1M /dev/urandom > big-$i; done");
    const target = await site.snapshot();
    site.shell("rm big-*; echo two > page; sync");
    site.shell(
      "head -c 400M /dev/urandom > filler || true; sync; head -c 4M /dev/urandom > filler2 || true; sync",
    );
    const before = treeFingerprint(site.live);
    // The copies share their blocks; what needs room is the metadata, which may or may not be there.
    await site.restore(target.snapshotId).then(
      () => undefined,
      (thrown: unknown) => {
        assert.equal((thrown as { code: string }).code, "POOL_FULL");
        assert.equal(treeFingerprint(site.live), before);
      },
    );
    assert.deepEqual(site.rig.intents.list(), []);
  });
});
