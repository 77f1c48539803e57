import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { mountAllArgument } from "../../../agent/volumes/privileged/helperPlaces.ts";
import { shellAs } from "../../support/helperCall.ts";
import { HelperScene, type UserPool } from "./rig/helperScene.ts";

describe("the helper does for the owner of a pool", () => {
  let scene: HelperScene;
  let pool: UserPool;

  before(async function () {
    this.timeout(60_000);
    scene = await HelperScene.open();
    pool = await scene.makePool(scene.ann, "work");
  });
  after(() => {
    scene.close();
  });

  it("make and mount: nosuid and nodev, and the owner's alone", () => {
    const options = execFileSync("findmnt", ["-no", "OPTIONS", pool.path], { encoding: "utf8" });
    for (const option of ["nosuid", "nodev", "noatime", "compress=zstd:1", "user_subvol_rm_allowed"]) {
      assert.ok(options.trim().split(",").includes(option), options);
    }
    const { uid, mode } = statSync(pool.path);
    assert.deepEqual([uid, mode & 0o7777], [scene.ann.uid, 0o700]);
    const image = statSync(pool.image);
    assert.deepEqual([image.uid, image.mode & 0o7777], [0, 0o400]);
    assert.throws(() => shellAs(scene.ann, `echo x >> ${pool.image}`), /Permission denied/);
  });

  it("mount once more, which changes nothing", async () => {
    const before = scene.everything();
    const { stdout } = await scene.done(scene.ann, { verb: "mount", image: pool.image, name: pool.name });
    assert.deepEqual(JSON.parse(stdout.toString()), { path: pool.path });
    assert.equal(scene.everything(), before);
  });

  it("status: the own pools, and no others", async () => {
    const own = JSON.parse((await scene.done(scene.ann, { verb: "status" })).stdout.toString()) as unknown;
    assert.deepEqual(own, {
      protocol: 1,
      mountsFolder: join(scene.install.places.pools, String(scene.ann.uid)),
      pools: [{ image: pool.image, name: pool.name, mounted: true }],
    });
    const other = JSON.parse((await scene.done(scene.bob, { verb: "status" })).stdout.toString()) as unknown;
    assert.deepEqual(other, {
      protocol: 1,
      mountsFolder: join(scene.install.places.pools, String(scene.bob.uid)),
      pools: [],
    });
    assert.throws(() => shellAs(scene.bob, `ls ${join(pool.path, "..")}`), /Permission denied/);
    assert.throws(() => shellAs(scene.bob, `cd ${pool.path}`), /Permission denied/);
  });

  it("send and receive: the same tree, with its times, owned by the caller", async () => {
    shellAs(
      scene.ann,
      `cd ${pool.path}; btrfs -q subvolume create v; mkdir v/d in; echo hello > v/d/x; ln v/d/x v/y; ln -s /etc/passwd v/l
       mkfifo v/f; setfattr -n user.note -v n v/y; touch -d 2001-02-03T04:05:06.789 v/d; chmod 2750 v/d
       btrfs -q subvolume snapshot -r v s1; echo more > v/z; btrfs -q subvolume snapshot -r v s2`,
    );
    const sent = await scene.done(scene.ann, { verb: "send", name: "work", snapshot: "s2", noData: false });
    await scene.done(scene.ann, { verb: "receive", name: "work", directory: "in" }, { input: sent.stdout });
    const list = (folder: string) =>
      execFileSync("find", [folder, "-printf", "%P %y %m %U:%G %s %l %T@ %n\n"], { encoding: "utf8" });
    assert.equal(list(join(pool.path, "in/s2")), list(join(pool.path, "s2")));
    assert.equal(readFileSync(join(pool.path, "in/s2/y"), "utf8"), "hello\n");
    shellAs(scene.ann, `cd ${pool.path}/in; btrfs property set -f s2 ro false; btrfs -q subvolume delete s2`);
    scene.assertClean(join(pool.path, "in"));
  });

  it("send what differs, without data, as root gets it", async () => {
    const request = { verb: "send", name: "work", snapshot: "s2", parent: "s1", noData: true };
    const { stdout } = await scene.done(scene.ann, request);
    const args = ["send", "-q", "--no-data", "-p", join(pool.path, "s1"), join(pool.path, "s2")];
    assert.ok(stdout.equals(execFileSync("btrfs", args, { stdio: ["ignore", "pipe", "ignore"] })));
  });

  it("restore owners from a snapshot, but not that of the root folder", async () => {
    const live = join(pool.path, "v");
    execFileSync("chown", ["-h", "7:8", join(live, "d/x"), join(live, "l"), join(live, "d")]);
    execFileSync("chown", ["9:9", live]);
    execFileSync("btrfs", ["subvolume", "snapshot", "-r", live, join(pool.path, "s3")], { stdio: "pipe" });
    execFileSync("chown", ["-hR", `${scene.ann.uid}:${scene.ann.gid}`, live]);
    const input = Buffer.from("d\0d/x\0l\0gone\0d/x/below\0z\0\0");
    await scene.done(
      scene.ann,
      { verb: "restoreOwners", name: "work", snapshot: "s3", volume: "v" },
      { input },
    );
    const owners = execFileSync("stat", ["-c", "%u:%g", ".", "d", "d/x", "l", "z"], {
      cwd: live,
      encoding: "utf8",
    });
    const ann = `${scene.ann.uid}:${scene.ann.gid}`;
    assert.deepEqual(owners.trim().split("\n"), [ann, "7:8", "7:8", "7:8", ann]);
  });

  it("grow, while it is in use", async () => {
    await scene.done(scene.ann, { verb: "grow", name: "work", size: 512 * 2 ** 20 });
    const size = execFileSync("findmnt", ["-bno", "SIZE", pool.path], { encoding: "utf8" });
    assert.equal(Number(size), 512 * 2 ** 20);
    await scene.refused(scene.ann, { verb: "grow", name: "work", size: 300 * 2 ** 20 }, "BAD_REQUEST");
  });

  it("mount where it was, when the machine starts", async () => {
    await scene.done(scene.ann, { verb: "unmount", name: "work" });
    const { node, program } = scene.install.places;
    execFileSync("/usr/bin/env", ["-i", node, program, mountAllArgument]);
    assert.equal(readFileSync(join(pool.path, "s2/z"), "utf8"), "more\n");
    const before = scene.everything();
    execFileSync("/usr/bin/env", ["-i", node, program, mountAllArgument]);
    assert.equal(scene.everything(), before);
  });

  it("unmount and, moved elsewhere, mount again with what it held", async () => {
    await scene.done(scene.ann, { verb: "unmount", name: "work" });
    await scene.refused(
      scene.ann,
      { verb: "send", name: "work", snapshot: "s1", noData: true },
      "POOL_NOT_FOUND",
    );
    shellAs(scene.ann, `mkdir moved; mv ${pool.image} moved/`);
    const image = join(scene.ann.home, "moved/work.img");
    await scene.done(scene.ann, { verb: "mount", image, name: "again" });
    const path = join(pool.path, "../again");
    assert.equal(readFileSync(join(path, "s2/z"), "utf8"), "more\n");
    await scene.done(scene.ann, { verb: "forget", image });
    assert.equal(shellAs(scene.ann, `head -c 1 ${image} | wc -c`).trim(), "1");
    scene.assertClean();
    assert.equal(scene.everything().includes("again"), false);
    await scene.done(scene.ann, { verb: "forget", image });
  });

  it("log each call, for root to read", () => {
    const log = join(scene.install.places.state, "helper.log");
    assert.equal(statSync(log).mode & 0o777, 0o600);
    const lines = readFileSync(log, "utf8").trim().split("\n");
    const calls = lines.map((line) => JSON.parse(line) as { uid: number; verb: string; outcome: string });
    for (const verb of [
      "makePool",
      "mount",
      "send",
      "receive",
      "restoreOwners",
      "grow",
      "unmount",
      "forget",
    ]) {
      assert.ok(
        calls.some((each) => each.verb === verb && each.uid === scene.ann.uid && each.outcome === "done"),
        verb,
      );
    }
  });
});
