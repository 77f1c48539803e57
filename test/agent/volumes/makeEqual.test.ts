import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { neverCrash } from "../../../agent/host/crashPoints.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { silentLog } from "../../../agent/host/log.ts";
import { Btrfs } from "../../../agent/volumes/btrfs.ts";
import { makeEqual } from "../../../agent/volumes/inPlace/makeEqual.ts";
import { NoPrivileges } from "../../../agent/volumes/privileged/noPrivileges.ts";
import { RootPrivileged } from "../../../agent/volumes/privileged/rootPrivileged.ts";
import { everyKindOfEntry } from "../../support/everyKindOfEntry.ts";
import { openLoopPool, type LoopPool } from "../../support/loopPool.ts";
import { randomEdits } from "../../support/randomEdits.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { processes } from "../../support/processes.ts";

const ways = [new RootPrivileged(processes), new NoPrivileges(processes, silentLog)];

for (const privileged of ways)
  describe(`making a volume equal to a snapshot (${privileged.mode})`, () => {
    const btrfs = new Btrfs(processes);
    const parts = { processes, privileged, crashPoint: neverCrash };
    let pool: LoopPool;
    let live: string;
    let taken = 0;

    before(() => {
      pool = openLoopPool();
    });
    after(() => {
      pool.close();
    });
    beforeEach(async () => {
      live = join(pool.path, `live-${++taken}`);
      await btrfs.createSubvolume(live);
    });

    async function snapshot(): Promise<string> {
      const path = join(pool.path, `snapshot-${++taken}`);
      await btrfs.snapshot(live, path, { readOnly: true });
      return path;
    }
    function shell(script: string): void {
      execFileSync("bash", ["-ec", script], { cwd: live });
    }
    async function restore(target: string, paths?: string[]): Promise<void> {
      const chosen = paths?.map((path) => Buffer.from(path, "latin1"));
      const what = { live, current: await snapshot(), target, ...(chosen ? { paths: chosen } : {}) };
      await makeEqual(parts, what, unattended);
    }
    function assertEqualTrees(one: string, other: string, note = ""): void {
      const [left, right] = [treeFingerprint(one).split("\n"), treeFingerprint(other).split("\n")];
      const [more, less] = [new Set(left), new Set(right)];
      const difference = {
        only: left.filter((line) => !less.has(line)),
        missing: right.filter((line) => !more.has(line)),
      };
      assert.deepEqual(difference, { only: [], missing: [] }, note);
    }

    it("brings back every kind of entry, whether all of it is gone or all of it is new", async () => {
      const empty = await snapshot();
      everyKindOfEntry(live);
      const full = await snapshot();
      await restore(empty);
      assert.deepEqual(readdirSync(live), []);
      await restore(full);
      assertEqualTrees(live, full);
    });

    it("follows no link that takes the place of a folder, to itself or to another", async () => {
      shell("mkdir -p other/b; ln -s round round; ln -s other a; touch -d 2020-01-01 other/b");
      const before = await snapshot();
      const { ctimeMs } = statSync(join(live, "other/b"));
      shell("rm a round; mkdir -p a/b round/b; touch a/b/file round/b/file");
      await restore(before);
      assertEqualTrees(live, before);
      assert.equal(statSync(join(live, "other/b")).ctimeMs, ctimeMs);
    });

    it("leaves what is the same untouched", async () => {
      shell("mkdir -p a/b; echo same > a/same; echo old > a/b/old; ln a/same linked");
      const before = await snapshot();
      const [file, folder] = [statSync(join(live, "a/same")), statSync(join(live, "a/b"))];
      shell("echo new > a/b/old; echo more > a/b/more; rm linked");
      await restore(before);
      assertEqualTrees(live, before);
      const [sameFile, sameFolder] = [statSync(join(live, "a/same")), statSync(join(live, "a/b"))];
      assert.equal(sameFile.ino, file.ino);
      assert.equal(sameFolder.ino, folder.ino);
      assert.equal(sameFile.mtimeMs, file.mtimeMs);
    });

    it("moves back what was renamed, swapped, nested into each other and edited on the way", async () => {
      shell(`mkdir -p outer/inner; echo x > outer/inner/x; echo y > outer/y; echo a > a; echo b > b
           ln outer/y outer/inner/y2; mkdir kept; echo k > kept/k`);
      const before = await snapshot();
      const moved = statSync(join(live, "outer/inner/x")).ino;
      shell(`mv a t; mv b a; mv t b; mv outer/inner t; mv outer t/outer; mv t outer
           echo edited >> outer/outer/y; mv kept/k k2; rmdir kept; echo file > kept`);
      const after = await snapshot();
      await restore(before);
      assertEqualTrees(live, before);
      assert.equal(statSync(join(live, "outer/inner/x")).ino, moved);
      await restore(after);
      assertEqualTrees(live, after);
    });

    it("shares the snapshot's blocks instead of writing them again", async () => {
      shell("head -c 50M /dev/urandom > big; sync");
      const before = await snapshot();
      shell("rm big; sync");
      await restore(before);
      shell("sync");
      const usage = execFileSync("btrfs", ["filesystem", "du", "--raw", "-s", live], { encoding: "utf8" });
      const exclusive = Number(usage.trim().split("\n").at(-1)?.trim().split(/\s+/)[1]);
      assert.ok(exclusive < 1024 * 1024, `${exclusive} bytes are not shared`);
    });

    it("restores chosen paths and nothing else", async () => {
      shell(`mkdir -p src/lib other; echo 1 > src/one; echo 2 > src/lib/two; echo 3 > other/three; echo 4 > four
           ln src/one src/lib/one-too; setfattr -n user.k -v 1 src/lib`);
      const before = await snapshot();
      shell(`echo edited > src/one; rm -r src/lib; echo edited > other/three; mv four moved; echo new > src/new
           mkdir src/lib; setfattr -n user.extra -v x src/lib`);
      await restore(before, ["src", "four"]);
      execFileSync("diff", ["-r", join(live, "src"), join(before, "src")]);
      const rest = execFileSync("bash", ["-ec", "cat other/three moved four"], {
        cwd: live,
        encoding: "utf8",
      });
      assert.equal(rest, "edited\n4\n4\n");
      assertEqualTrees(join(live, "src"), join(before, "src"));
    });

    it("restores every name that an edited file has within the paths, and none outside", async () => {
      shell(
        `mkdir -p in/deep out; echo 1 > in/one; ln in/one in/deep/two; echo 2 > out/first; ln out/first in/zz`,
      );
      const target = await snapshot();
      shell(`echo more >> in/one; echo more >> out/first`);
      await restore(target, ["in"]);
      const content = (name: string) => readFileSync(join(live, name), "utf8");
      assert.deepEqual(["in/one", "in/deep/two", "in/zz"].map(content), ["1\n", "1\n", "2\n"]);
      assert.equal(content("out/first"), "2\nmore\n");
      assert.equal(statSync(join(live, "in/one")).ino, statSync(join(live, "in/deep/two")).ino);
    });

    it("gives the folders inside of chosen paths their times back", async () => {
      shell(
        "mkdir -p src/deep/er; echo 1 > src/deep/er/one; echo 2 > src/deep/two; touch -d @1000 src src/deep src/deep/er",
      );
      const before = await snapshot();
      shell("echo changed > src/deep/er/one; rm src/deep/two");
      await restore(before, ["src"]);
      assertEqualTrees(join(live, "src"), join(before, "src"));
    });

    it("restores a path whose folder was moved or removed since", async () => {
      shell("mkdir -p a/b/c; echo 1 > a/b/c/one; echo 2 > a/b/two; chmod 700 a/b");
      const before = await snapshot();
      shell("mv a z; echo 3 > z/b/c/three");
      await restore(before, ["a/b/c"]);
      assertEqualTrees(join(live, "a/b/c"), join(before, "a/b/c"));
      assert.deepEqual(readdirSync(join(live, "a/b")), ["c"]);
      assert.equal(statSync(join(live, "a/b")).mode & 0o777, 0o700);
      assert.deepEqual(readdirSync(join(live, "z/b/c")).sort(), ["one", "three"]);
      await restore(before, ["z"]);
      assert.deepEqual(readdirSync(live), ["a"]);
    });

    for (const seed of [1, 2, 3, 4]) {
      it(`undoes and redoes random edits (seed ${seed})`, async function () {
        this.timeout(120_000);
        everyKindOfEntry(live);
        const states = [await snapshot()];
        for (let round = 0; round < 3; round++) {
          randomEdits(live, 40, seed * 100 + round);
          states.push(await snapshot());
        }
        for (const at of [0, 3, 1, 2, 0]) {
          const target = states[at] ?? "";
          await restore(target);
          assertEqualTrees(live, target, `state ${at}`);
        }
      });
    }
  });
