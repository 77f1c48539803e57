import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EntryRow } from "../../../agent/catalog/entryRow.ts";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { mostDiffering } from "../../../agent/sync/pull/relative/treeDifference.ts";
import { everyKindOfEntry } from "../../support/everyKindOfEntry.ts";
import { isReadOnly } from "../../support/isReadOnly.ts";
import { randomEdits, seededRandom } from "../../support/randomEdits.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { editContents } from "./rig/editContents.ts";
import { RelativeScene } from "./rig/relativeScene.ts";

const mib = 1024 * 1024;

describe("pulling onto a snapshot that is here", function () {
  this.timeout(60_000);
  let scene: RelativeScene;
  let project: ProjectRow;
  let number = 0;
  before(async () => {
    scene = await RelativeScene.open();
  });
  after(() => scene.close());
  beforeEach(async () => {
    project = await scene.machine.makeProject(`site-${++number}`);
  });

  const put = (name: string, bytes: Uint8Array) => writeFileSync(join(project.path, name), bytes);
  const inode = (folder: string, name: string) => statSync(join(folder, name)).ino;
  /** Whether two files lie at the same place on the disk, as far as they have whole blocks there. */
  const placeOf = (file: string) =>
    execFileSync("filefrag", ["-v", file], { encoding: "utf8" })
      .split("\n")
      .flatMap((line) => /^ *\d+: +\d+\.\. +\d+: +(\d+)\.\./.exec(line)?.[1] ?? []);
  /** Changes the volume between two entries, forgets the second and pulls it. */
  const pullChanged = async (script: string) => {
    const first = await scene.keep(project);
    scene.run(project, script);
    const second = await scene.keep(project);
    const pulled = await scene.assertPulls(second, await scene.forget(second));
    return { ...pulled, relative: scene.machine.pathOf(first) };
  };

  it("makes a read-only snapshot, and leaves nothing behind", async () => {
    everyKindOfEntry(project.path);
    const { path } = await pullChanged("echo more >> plain; rm three; mkdir new; echo x > folder-555/inside");
    assert.equal(isReadOnly(path), true);
    assert.deepEqual(readdirSync(join(scene.machine.place.pool, ".forkpoint/staging")), []);
  });

  it("fetches the pieces that differ, and keeps the others of the file where they are", async () => {
    put("large", randomBytes(8 * mib));
    put("other", randomBytes(4 * mib));
    const { path, fetched, relative } = await pullChanged(
      "head -c 4096 /dev/urandom | dd of=large bs=4096 seek=600 conv=notrunc status=none",
    );
    assert.ok(fetched > 0 && fetched < 4 * mib, `${fetched} bytes were fetched`);
    const [before, after] = [placeOf(join(relative, "large")), placeOf(join(path, "large"))];
    assert.ok(after.some((place) => before.includes(place)));
    assert.deepEqual(placeOf(join(path, "other")), placeOf(join(relative, "other")));
  });

  const nothingFetched = {
    "a file is renamed, with a new time and mode": "mv large renamed; touch -d @5 renamed; chmod 600 renamed",
    "a file is copied into a new folder": "mkdir -p new/deep; cp large new/deep/copy",
    "a file is copied out of a folder that stays": "cp folder/inner/kept copy",
    "a file is replaced by a folder that holds it": "mv large t; mkdir large; mv t large/file",
    "a file loses its second name, and the other moves": "rm folder/twin; mv twin elsewhere",
    "a hard link of a folder that stays gets a name": "ln folder/inner/linked again",
    "a hard link in folders that stay gets another mode": "chmod 600 folder/inner/linked",
  };
  // Around a cut that was none before, pieces are new.
  const littleFetched = {
    "a file is put together from two": "cat large folder/inner/kept > both; rm large",
    "a file loses its beginning": "tail -c +1000001 large > t; mv t large",
    "a file grows by a hole in its middle":
      "head -c 1048576 large > t; truncate -s 2097152 t; tail -c +1048577 large >> t; cat t > large; rm t",
  };
  const all = [
    ...Object.entries(nothingFetched).map(([what, script]) => ({ what, script, most: 0 })),
    ...Object.entries(littleFetched).map(([what, script]) => ({ what, script, most: mib })),
  ];
  for (const { what, script, most } of all) {
    it(`fetches ${most === 0 ? "nothing" : "little"} of files when ${what}`, async () => {
      put("large", randomBytes(3 * mib));
      mkdirSync(join(project.path, "folder/inner"), { recursive: true });
      put("folder/inner/kept", randomBytes(2 * mib));
      put("twin", randomBytes(mib));
      put("folder/inner/linked", randomBytes(mib));
      scene.run(project, "ln twin folder/twin; ln folder/inner/linked folder/inner/beside");
      const { fetched } = await pullChanged(script);
      assert.ok(fetched <= most, `${fetched} bytes were fetched`);
    });
  }

  it("moves a folder of 1000 files as a whole", async () => {
    scene.run(project, "mkdir -p a/many; for i in $(seq 1000); do echo $i > a/many/$i; done");
    const { path, relative, fetched } = await pullChanged("mkdir b; mv a/many b/moved; rmdir a");
    assert.equal(fetched, 0);
    assert.equal(inode(path, "b/moved"), inode(relative, "a/many"));
    assert.equal(inode(path, "b/moved/500"), inode(relative, "a/many/500"));
  });

  it("begins from nothing when so much differs that the plan would take too much memory", async function () {
    this.timeout(120_000);
    const folders = Math.ceil(mostDiffering / 1000) + 1;
    scene.run(project, `for at in $(seq ${folders}); do mkdir $at; (cd $at; touch $(seq 1000)); done`);
    await scene.keep(project);
    scene.run(project, "chmod -R g+w .");
    const second = await scene.keep(project);
    const was = await scene.forget(second);
    const { path } = await scene.pull(second);
    assert.match(scene.warnings.join(), /too much differs/);
    assert.equal(treeFingerprint(path), was);
  });

  it("reads no directory that is the same", async () => {
    scene.run(project, "mkdir same other; for i in $(seq 2000); do echo $RANDOM$i > same/some-name-$i; done");
    const first = await scene.keep(project);
    scene.run(project, "echo new > other/file");
    const second = await scene.keep(project);
    const was = await scene.forget(second);
    await scene.assertPulls(second, was);
    const read = scene.store.bytesRead();
    await scene.machine.deleteEntry(first);
    await scene.pull(second);
    assert.ok(read * 5 < scene.store.bytesRead(), `${read} and ${scene.store.bytesRead()} bytes were read`);
  });

  for (const [seed, edit] of [
    [1, "names"],
    [2, "contents"],
    [3, "contents"],
  ] as const) {
    it(`makes each of two out of the other after random edits of ${edit} (seed ${seed})`, async () => {
      if (edit === "names") everyKindOfEntry(project.path);
      const random = seededRandom(seed);
      const change = (count: number) => {
        if (edit === "names") randomEdits(project.path, count, seed * 100 + count);
        else editContents(project.path, random, count);
      };
      change(30);
      const first = await scene.keep(project);
      change(60);
      const second = await scene.keep(project);
      const one = await scene.forget(second);
      await scene.assertPulls(second, one);
      // The other way round: what was pulled stands in the place of what was forgotten.
      await standIn(second);
      const other = await scene.forget(first);
      await scene.assertPulls(first, other);
    });
  }

  /** An entry of a project forked from the first, with the same manifest and in the same state. */
  const standIn = async (entry: EntryRow) => {
    const { machine } = scene;
    const path = await machine.pullManifest(entry.projectId, entry.manifestDigest ?? "");
    const place = machine.pathOf(entry);
    await machine.btrfs.snapshot(path, place, { readOnly: true });
    machine.catalog.write(
      "UPDATE entries SET deleted_at = NULL WHERE project_id = ? AND snapshot_id = ?",
      entry.projectId,
      entry.snapshotId,
    );
  };

  describe("chooses", () => {
    let origin: EntryRow;
    beforeEach(async () => {
      put("large", randomBytes(2 * mib));
      origin = await scene.keep(project);
    });

    it("the very snapshot, and fetches nothing", async () => {
      const { machine } = scene;
      const { fetched } = await scene.pull(origin);
      assert.equal(fetched, 0);
      assert.ok(existsSync(machine.pathOf(origin)));
    });

    it("one of the project it was forked from, and one of a fork", async () => {
      const { machine } = scene;
      const fork = await machine.makeProject(`fork-${number}`, origin);
      scene.run(fork, "echo mine > file");
      const entry = await scene.keep(fork);
      assert.equal((await scene.assertPulls(entry, await scene.forget(entry))).fetched < 4096, true);
      scene.run(fork, "echo again > file");
      await scene.keep(fork);
      assert.equal((await scene.assertPulls(origin, await scene.forget(origin))).fetched, 0);
    });

    it("none where nothing is, and none of a project that was pulled with something left out", async () => {
      const { machine } = scene;
      scene.run(project, "echo more > file");
      const second = await scene.keep(project);
      await scene.forget(second);
      machine.catalog.write("UPDATE projects SET whole = 0 WHERE project_id = ?", project.projectId);
      assert.ok((await scene.pull(second)).fetched > 2 * mib);
      machine.catalog.write("UPDATE projects SET whole = 1 WHERE project_id = ?", project.projectId);
      assert.ok((await scene.pull(second)).fetched < 4096);
      await machine.deleteEntry(origin);
      assert.ok((await scene.pull(second)).fetched > 2 * mib);
      assert.deepEqual(scene.warnings, []);
    });

    it("none with a folder in the place of a subvolume, and pulls the snapshot whole", async () => {
      const { machine } = scene;
      execFileSync("btrfs", ["--quiet", "subvolume", "create", join(project.path, "nested")]);
      await scene.keep(project);
      await machine.deleteEntry(origin);
      execFileSync("btrfs", ["--quiet", "subvolume", "delete", join(project.path, "nested")]);
      const entry = await scene.keep(project);
      const was = await scene.forget(entry);
      const { path } = await scene.pull(entry);
      assert.match(scene.warnings.join(), /in the place of a subvolume/);
      assert.equal(treeFingerprint(path), was);
    });
  });

  it("lets go of a relative that is to be deleted, and pulls the snapshot whole", async () => {
    const { machine } = scene;
    put("large", randomBytes(2 * mib));
    const first = await scene.keep(project);
    put("other", randomBytes(mib));
    const second = await scene.keep(project);
    const was = await scene.forget(second);
    const deletions: Promise<void>[] = [];
    scene.store.beforeGet = (key) => {
      if (key.startsWith("packs/") && deletions.length === 0) deletions.push(machine.deleteEntry(first));
    };
    const { path } = await scene.pull(second);
    scene.store.beforeGet = () => undefined;
    assert.equal(deletions.length, 1);
    await Promise.all(deletions);
    assert.match(scene.warnings.join(), /is pulled whole/);
    assert.equal(treeFingerprint(path), was);
    assert.equal(existsSync(machine.pathOf(first)), false);
  });

  it("makes nothing when it is cancelled in the middle", async () => {
    const { machine } = scene;
    const first = await scene.keep(project);
    put("large", randomBytes(40 * mib));
    const second = await scene.keep(project);
    await machine.deleteEntry(second);
    const controller = new AbortController();
    let chunks = 0;
    scene.store.beforeGet = (key) => {
      // The trees lie in one pack, which is read first.
      if (key.startsWith("packs/") && ++chunks === 3) controller.abort();
    };
    const staging = join(machine.place.pool, ".forkpoint/staging/mine");
    const destination = join(machine.place.pool, "cancelled");
    mkdirSync(staging);
    const request = {
      ...{ projectId: second.projectId, manifestDigest: second.manifestDigest ?? "" },
      ...{ staging, destination },
    };
    await assert.rejects(machine.sync.pull(request, { ...unattended, signal: controller.signal }));
    scene.store.beforeGet = () => undefined;
    assert.deepEqual(readdirSync(staging), []);
    assert.equal(existsSync(destination), false);
    await machine.sync.pull(request, unattended);
    assert.ok(existsSync(machine.pathOf(first)));
  });
});
