import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { unattended } from "../../../agent/host/longCall.ts";
import { silentLog } from "../../../agent/host/log.ts";
import { Btrfs } from "../../../agent/volumes/btrfs.ts";
import { compareSnapshots } from "../../../agent/volumes/comparison/compareSnapshots.ts";
import { describeChange } from "../../../agent/volumes/comparison/describeChanges.ts";
import { hasChanges } from "../../../agent/volumes/comparison/hasChanges.ts";
import { NoPrivileges } from "../../../agent/volumes/privileged/noPrivileges.ts";
import { RootPrivileged } from "../../../agent/volumes/privileged/rootPrivileged.ts";
import { openLoopPool, type LoopPool } from "../../support/loopPool.ts";
import { processes } from "../../support/processes.ts";

const ways = [new RootPrivileged(processes), new NoPrivileges(processes, silentLog)];

for (const privileged of ways)
  describe(`comparison of two snapshots (${privileged.mode})`, () => {
    let pool: LoopPool;
    let live: string;
    let taken = 0;
    const btrfs = new Btrfs(processes);

    before(async () => {
      pool = openLoopPool(512);
      live = join(pool.path, "live");
      await btrfs.createSubvolume(live);
    });
    after(() => {
      pool.close();
    });

    async function snapshot(): Promise<string> {
      const path = join(pool.path, `snapshot-${++taken}`);
      await btrfs.snapshot(live, path, { readOnly: true });
      return path;
    }
    function shell(script: string): void {
      execFileSync("bash", ["-ec", script], { cwd: live });
    }
    /** What changes when `script` runs, each as `kind path`. */
    async function changesOf(script: string): Promise<string[]> {
      const from = await snapshot();
      shell(script);
      const to = await snapshot();
      const changes = await compareSnapshots(privileged, { from, to }, unattended);
      assert.equal(
        await hasChanges(privileged, { from, to }, unattended.signal),
        changes.length > 0,
        "hasChanges",
      );
      return changes
        .map(describeChange)
        .map(({ kind, path, from: old }) => `${kind} ${old ? `${old} > ` : ""}${path}`);
    }

    it("names what was added, written, removed and renamed", async () => {
      shell("mkdir -p src/deep old; echo 1 > src/a; echo 2 > src/deep/b; echo 3 > c; echo 4 > old/d");
      const changes = await changesOf(
        "echo new > src/new; echo more >> src/a; rm c; mv src/deep src/moved; mkdir empty; ln -s x link; rm -r old",
      );
      assert.deepEqual(changes, [
        "removed c",
        "added empty",
        "added link",
        "removed old",
        "removed old/d",
        "modified src/a",
        "renamed src/deep > src/moved",
        "added src/new",
      ]);
    });

    it("sees through swaps and through folders that move into what they held", async () => {
      shell(
        "rm -rf *; echo a > a; echo b > b; mkdir -p outer/inner; echo x > outer/inner/x; echo y > outer/y",
      );
      assert.deepEqual(await changesOf("mv a t; mv b a; mv t b"), ["renamed b > a", "renamed a > b"]);
      assert.deepEqual(await changesOf("mv outer/inner t; mv outer t/outer; mv t outer; echo z >> outer/x"), [
        "renamed outer/inner > outer",
        "renamed outer > outer/outer",
        "modified outer/x",
      ]);
    });

    it("finds nothing when nothing was written, or the same was written again", async () => {
      shell("rm -rf *; mkdir d; echo same > d/f; touch -d @1000 d/f");
      assert.deepEqual(await changesOf("cat d/f; ls -R"), []);
      const from = await snapshot();
      shell("rm d/f; echo same > d/f; touch -d @1000 d/f");
      assert.deepEqual(await compareSnapshots(privileged, { from, to: await snapshot() }, unattended), []);
    });

    it("tells metadata from content", async () => {
      shell(
        "rm -rf *; echo 1 > mode; echo 2 > owner; echo 3 > attribute; echo 4 > time; mkdir folder; echo 5 > type",
      );
      const changes = await changesOf(
        "chmod 600 mode; chown 5 owner; setfattr -n user.k -v v attribute; touch -d @5 time; chmod 700 folder; rm type; mkdir type",
      );
      assert.deepEqual(changes, [
        "metadata attribute",
        "metadata folder",
        "metadata mode",
        "metadata owner",
        "metadata time",
        "modified type",
      ]);
    });

    it("follows hard links", async () => {
      shell("rm -rf *; echo 1 > one; ln one two; echo 3 > alone");
      assert.deepEqual(await changesOf("ln one three; rm two; ln alone friend"), [
        "added friend",
        "renamed two > three",
      ]);
    });

    it("writes names that are no text so that they can be read back", async () => {
      shell("rm -rf *");
      assert.deepEqual(await changesOf("touch $'a\\xffb' $'new\\nline' 'back\\slash' -- -dash"), [
        "added -dash",
        "added a\\xffb",
        "added back\\\\slash",
        "added new\nline",
      ]);
    });
  });
