import assert from "node:assert/strict";
import { type ChildProcess, execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { backingOf } from "../../../../agent/helper/loopDevices.ts";
import { Registry } from "../../../../agent/helper/registry.ts";
import { type CallOptions, shellAs } from "../../../support/helperCall.ts";
import { HelperScene, type UserPool } from "../rig/helperScene.ts";
import { file, streamOf } from "../rig/streams.ts";

/** Milliseconds after the start of a call: from before its first effect to after its last. */
const moments = [70, 100, 130, 170, 220];

describe("a helper that is killed in the middle leaves nothing that the next call does not put away:", () => {
  let scene: HelperScene;
  let pool: UserPool;

  before(async function () {
    this.timeout(60_000);
    scene = await HelperScene.open();
    pool = await scene.makePool(scene.ann, "work");
    shellAs(
      scene.ann,
      `cd ${pool.path}; mkdir in; btrfs -q subvolume create v; head -c 30M /dev/urandom > v/x; btrfs -q subvolume snapshot -r v s`,
    );
  });
  after(() => {
    scene.close();
  });

  /** sudo and env have become the helper by then: it is the process that was started. */
  async function killed(request: object, after: number, options: CallOptions = {}): Promise<void> {
    await scene.call(scene.ann, request, {
      ...options,
      onStarted: (child: ChildProcess) => {
        void sleep(after).then(() => {
          if (child.pid !== undefined && child.exitCode === null) process.kill(child.pid, "SIGKILL");
        });
      },
    });
  }

  it("makePool", async function () {
    this.timeout(60_000);
    for (const [at, moment] of moments.entries()) {
      const image = scene.emptyImage(scene.ann, `new-${at}.img`);
      await killed({ verb: "makePool", image }, moment);
      await scene.done(scene.ann, { verb: "forget", image });
      scene.assertClean();
      shellAs(scene.ann, `rm -f ${image}; truncate -s 300M ${image}`);
      await scene.done(scene.ann, { verb: "makePool", image });
      await scene.done(scene.ann, { verb: "forget", image });
      rmSync(image);
    }
  });

  it("mount, unmount and forget", async function () {
    this.timeout(60_000);
    const image = scene.emptyImage(scene.ann, "mounted.img");
    for (const moment of moments) {
      const remade = async () => {
        shellAs(scene.ann, `rm -f ${image}; truncate -s 300M ${image}`);
        await scene.done(scene.ann, { verb: "makePool", image });
      };
      await remade();
      await killed({ verb: "mount", image, name: "second" }, moment);
      await scene.done(scene.ann, { verb: "status" });
      scene.assertClean();
      await scene.done(scene.ann, { verb: "mount", image, name: "second" });
      await killed({ verb: "unmount", name: "second" }, moment);
      await scene.done(scene.ann, { verb: "unmount", name: "second" });
      scene.assertClean();
      await killed({ verb: "forget", image }, moment);
      await scene.done(scene.ann, { verb: "forget", image });
      scene.assertClean();
      assert.equal(shellAs(scene.ann, `stat -c %U:%a ${image}`).trim(), `${scene.ann.name}:600`);
    }
  });

  it("mount, once the kernel has mounted", async function () {
    this.timeout(60_000);
    const { name, image, path } = await scene.makePool(scene.ann, "late");
    await scene.done(scene.ann, { verb: "unmount", name });
    mkdirSync(path);
    const device = execFileSync("losetup", ["--find", "--show", image], { encoding: "utf8" }).trim();
    execFileSync("mount", ["-o", "nosuid,nodev", device, path]);
    chownSync(path, 0, 0);
    chmodSync(path, 0o755);
    const registry = new Registry(join(scene.install.places.state, "registry.sqlite"));
    const backing = backingOf(statSync(image, { bigint: true }));
    registry.begin(scene.ann.uid, { pid: 2 ** 22 + 1, started: "0" }, { kind: "attach", ...backing });
    await scene.done(scene.ann, { verb: "status" });
    scene.assertClean();
    await scene.done(scene.ann, { verb: "mount", image, name });
    const { uid, mode } = statSync(path);
    assert.deepEqual([uid, mode & 0o777], [scene.ann.uid, 0o700]);
    await scene.done(scene.ann, { verb: "unmount", name });
    scene.assertClean();
    await scene.done(scene.ann, { verb: "forget", image });
  });

  it("grow", async function () {
    this.timeout(60_000);
    for (const [at, moment] of moments.entries()) {
      const size = (310 + at * 10) * 2 ** 20;
      await killed({ verb: "grow", name: "work", size }, moment);
      await scene.done(scene.ann, { verb: "grow", name: "work", size });
      const grown = execFileSync("findmnt", ["-bno", "SIZE", pool.path], { encoding: "utf8" });
      assert.equal(Number(grown), size);
      scene.assertClean();
    }
  });

  it("send", async function () {
    this.timeout(60_000);
    const request = { verb: "send", name: "work", snapshot: "s", noData: false };
    for (const moment of moments) await killed(request, moment);
    const { stdout } = await scene.done(scene.ann, request);
    assert.ok(stdout.length > 30_000_000);
    scene.assertClean();
  });

  it("receive", async function () {
    this.timeout(60_000);
    const stream = await streamOf(...file("f", "z".repeat(40_000)));
    const request = { verb: "receive", name: "work", directory: "in" };
    for (const moment of [...moments, 300]) {
      const halves = async function* () {
        yield stream.subarray(0, 20_000);
        await sleep(120);
        yield stream.subarray(20_000);
      };
      await killed(request, moment, { input: halves() });
      await scene.done(scene.ann, { verb: "status" });
      scene.assertClean(join(pool.path, "in"));
      shellAs(
        scene.ann,
        `cd ${pool.path}/in; if [ -e got ]; then btrfs property set -f got ro false; btrfs -q subvolume delete got; fi`,
      );
    }
    await scene.done(scene.ann, request, { input: stream });
    scene.assertClean(join(pool.path, "in"));
  });

  it("restoreOwners", async function () {
    this.timeout(60_000);
    const live = join(pool.path, "v");
    execFileSync("bash", ["-c", "mkdir d; touch d/{1..500}; chown 7:7 d/*"], { cwd: live });
    execFileSync("btrfs", ["subvolume", "snapshot", "-r", live, join(pool.path, "owned")], { stdio: "pipe" });
    const input = Buffer.from(Array.from({ length: 500 }, (_, at) => `d/${at + 1}\0`).join(""));
    const request = { verb: "restoreOwners", name: "work", snapshot: "owned", volume: "v" };
    for (const moment of moments) {
      execFileSync("bash", ["-c", `chown ${scene.ann.uid} d/*`], { cwd: live });
      await killed(request, moment, { input });
      await scene.done(scene.ann, request, { input });
      const owners = execFileSync("bash", ["-c", "stat -c %u d/* | sort -u"], {
        cwd: live,
        encoding: "utf8",
      });
      assert.equal(owners.trim(), "7");
    }
  });
});
