import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { asUser, shellAs } from "../../../support/helperCall.ts";
import { HelperScene, type UserPool } from "../rig/helperScene.ts";
import { file, streamOf } from "../rig/streams.ts";

/**
 * Swaps a folder for a link to somewhere else and back, as fast as it can, until its input ends; then it
 * prints how often.
 */
const swapper = `
  const fs = require("fs");
  const [path, target] = process.argv.slice(1);
  const aside = path + ".aside", link = path + ".link";
  let swaps = 0, ended = false;
  fs.symlinkSync(target, link);
  process.stdin.resume().on("end", () => { ended = true; });
  const turn = () => {
    for (let n = 0; n < 200; n++) {
      fs.renameSync(path, aside); fs.renameSync(link, path);
      fs.renameSync(path, link); fs.renameSync(aside, path);
      swaps += 2;
    }
    if (!ended) return setImmediate(turn);
    fs.unlinkSync(link);
    console.log(swaps);
  };
  turn();
`;

describe("a link swapped in while the helper works wins nothing", () => {
  let scene: HelperScene;
  let annsPool: UserPool;
  let bobsPool: UserPool;
  let bobs: string;
  /** A folder of root's. */
  let system: string;

  before(async function () {
    this.timeout(60_000);
    scene = await HelperScene.open();
    system = join(scene.install.root, "system");
    execFileSync("bash", ["-c", `mkdir -p ${system}/in ${system}/s; echo root > ${system}/x`]);
    annsPool = await scene.makePool(scene.ann, "anns");
    bobsPool = await scene.makePool(scene.bob, "bobs");
    shellAs(
      scene.bob,
      `cd ${bobsPool.path}; btrfs -q subvolume create d; mkdir d/in; echo secret > d/x; chmod -R a+rX .; btrfs -q subvolume snapshot -r d d/s`,
    );
    shellAs(
      scene.ann,
      `cd ${annsPool.path}; mkdir d d/in; btrfs -q subvolume create d/v; mkdir d/v/sub; echo mine > d/v/sub/x
       btrfs -q subvolume snapshot -r d/v d/s`,
    );
    bobs = bobsState();
  });
  after(() => {
    scene.close();
  });

  function bobsState(): string {
    const list = ["-printf", "%p %y %m %U:%G %s %l %T@ %C@\n"];
    return execFileSync("find", [scene.bob.home, bobsPool.path, system, ...list], { encoding: "utf8" });
  }

  /** Runs `calls` while `path` is swapped for a link to `target`; then nothing outside may have changed. */
  async function whileSwapping(path: string, target: string, calls: () => Promise<void>): Promise<void> {
    const [program, args] = asUser(scene.ann, scene.install.places.node, "-e", swapper, path, target);
    const child: ChildProcess = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const ended = once(child, "close");
    try {
      await calls();
    } finally {
      child.stdin?.end();
      await ended;
    }
    assert.ok(Number(output) > 2000, `only ${output} swaps`);
    assert.equal(bobsState(), bobs);
  }

  const times = 8;
  const refusals = [null, "PATH_NOT_FOUND"];

  it("in the path of a snapshot that is sent", async function () {
    this.timeout(60_000);
    await whileSwapping(join(annsPool.path, "d"), join(bobsPool.path, "d"), async () => {
      for (let n = 0; n < times; n++) {
        const request = { verb: "send", name: "anns", snapshot: "d/s", noData: false };
        const { stdout, code, stderr } = await scene.call(scene.ann, request);
        assert.equal(stdout.includes("secret"), false);
        assert.ok(refusals.includes(code), stderr);
      }
    });
  });

  it("in the path of a folder that is received into", async function () {
    this.timeout(60_000);
    const input = await streamOf(...file("planted"));
    for (const target of [join(bobsPool.path, "d"), system]) {
      await whileSwapping(join(annsPool.path, "d"), target, async () => {
        for (let n = 0; n < times; n++) {
          await scene.call(scene.ann, { verb: "receive", name: "anns", directory: "d/in" }, { input });
        }
      });
      shellAs(
        scene.ann,
        `cd ${annsPool.path}/d/in; if [ -e got ]; then btrfs property set -f got ro false; btrfs -q subvolume delete got; fi`,
      );
    }
    // Whatever the swapping kept from being put away is put away by the next call.
    await scene.done(scene.ann, { verb: "status" });
  });

  it("in the path of a file whose owner is restored", async function () {
    this.timeout(60_000);
    const live = join(annsPool.path, "d/v");
    execFileSync("chown", ["7:7", join(live, "sub/x")]);
    execFileSync("btrfs", ["subvolume", "snapshot", "-r", live, join(annsPool.path, "owned")], {
      stdio: "pipe",
    });
    execFileSync("chown", [`${scene.ann.uid}`, join(live, "sub/x")]);
    const request = { verb: "restoreOwners", name: "anns", snapshot: "owned", volume: "d/v" };
    const input = Buffer.from("sub/x\0".repeat(2000));
    await whileSwapping(join(live, "sub"), join(bobsPool.path, "d"), async () => {
      for (let n = 0; n < times; n++) await scene.done(scene.ann, request, { input });
    });
  });

  it("in the path of an image that becomes a pool", async function () {
    this.timeout(60_000);
    shellAs(scene.bob, "truncate -s 300M victim.img");
    execFileSync("chmod", ["755", scene.bob.home]);
    bobs = bobsState();
    shellAs(scene.ann, "mkdir images");
    const folder = join(scene.ann.home, "images");
    await whileSwapping(folder, scene.bob.home, async () => {
      for (let n = 0; n < times; n++) {
        const image = join(folder, "victim.img");
        shellAs(scene.ann, `cd images && truncate -s 300M victim.img 2>/dev/null || true`);
        await scene.call(scene.ann, { verb: "makePool", image });
        await scene.call(scene.ann, { verb: "mount", image, name: "swapped" });
        await scene.call(scene.ann, { verb: "forget", image });
      }
    });
    await scene.call(scene.ann, { verb: "forget", image: join(folder, "victim.img") });
    assert.deepEqual(scene.intents(), []);
  });
});
