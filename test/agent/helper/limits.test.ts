import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { StreamCommand } from "../../../agent/volumes/sendStream/commands.ts";
import { encodeSendStream } from "../../../agent/volumes/sendStream/writer.ts";
import { shellAs } from "../../support/helperCall.ts";
import { HelperScene } from "./rig/helperScene.ts";
import { bytes, subvol } from "./rig/streams.ts";

const mib = 2 ** 20;

describe("the helper at its limits", () => {
  let scene: HelperScene;

  before(async function () {
    this.timeout(60_000);
    scene = await HelperScene.open();
  });
  after(() => {
    scene.close();
  });

  /** A stream with one file of that size; the pool compresses it. */
  function* large(size: number): Generator<StreamCommand> {
    const data = Buffer.alloc(48 * 1024, "some text that repeats ");
    yield subvol();
    yield { kind: "mkfile", path: bytes("f"), inode: 300 };
    for (let at = 0; at < size; at += data.length) {
      yield { kind: "write", path: bytes("f"), offset: at, data };
    }
    yield { kind: "end" };
  }

  it("takes no more memory for a stream of 1 GiB", async function () {
    this.timeout(120_000);
    const pool = await scene.makePool(scene.ann, "large", 1024);
    shellAs(scene.ann, `mkdir ${pool.path}/in`);
    let peak = 0;
    let look: NodeJS.Timeout | undefined;
    const called = await scene.call(
      scene.ann,
      { verb: "receive", name: "large", directory: "in" },
      {
        input: encodeSendStream(large(1024 * mib)),
        onStarted({ pid }) {
          look = setInterval(() => {
            try {
              const status = readFileSync(`/proc/${pid}/status`, "utf8");
              peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0));
            } catch {
              clearInterval(look);
            }
          }, 20);
        },
      },
    );
    clearInterval(look);
    assert.equal(called.status, 0, called.stderr);
    assert.ok(peak > 20_000 && peak < 256 * 1024, `${peak} KiB`);
    await scene.forget(scene.ann, pool);
  });

  it("says that the pool is full, and leaves it as it was", async function () {
    this.timeout(60_000);
    const pool = await scene.makePool(scene.ann, "small", 150);
    shellAs(scene.ann, `cd ${pool.path}; mkdir in; head -c 200M /dev/urandom > fill || true`);
    const before = execFileSync("find", [pool.path], { encoding: "utf8" });
    const called = await scene.call(
      scene.ann,
      { verb: "receive", name: "small", directory: "in" },
      { input: encodeSendStream(random(60 * mib)) },
    );
    assert.equal(called.code, "POOL_FULL", called.stderr);
    assert.equal(execFileSync("find", [pool.path], { encoding: "utf8" }), before);
    scene.assertClean(join(pool.path, "in"));
    await scene.forget(scene.ann, pool);
  });

  it("says that the disk is full when a pool cannot be made, and leaves nothing", async () => {
    const disk = join(scene.ann.home, "disk");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", disk]);
    chownSync(disk, scene.ann.uid, scene.ann.gid);
    shellAs(scene.ann, "truncate -s 300M disk/image; head -c 900K /dev/urandom > disk/fill");
    try {
      const called = await scene.call(scene.ann, { verb: "makePool", image: join(disk, "image") });
      assert.equal(called.code, "POOL_FULL", called.stderr);
      assert.deepEqual(scene.intents(), []);
      assert.deepEqual(readdirSync(disk).sort(), ["fill", "image"]);
      assert.equal(statSync(join(disk, "image")).uid, scene.ann.uid);
    } finally {
      execFileSync("umount", [disk]);
    }
  });

  it("does one thing at a time for a user's pools, and each of them once", async function () {
    this.timeout(60_000);
    const image = scene.emptyImage(scene.ann, "one.img");
    await scene.done(scene.ann, { verb: "makePool", image });
    const mount = { verb: "mount", image, name: "one" };
    const mounted = await Promise.all([1, 2, 3].map(() => scene.call(scene.ann, mount)));
    assert.deepEqual(
      mounted.map(({ status }) => status),
      [0, 0, 0],
    );
    scene.assertClean();
    const forgotten = await Promise.all(
      [1, 2, 3].map(() => scene.call(scene.ann, { verb: "forget", image })),
    );
    assert.deepEqual(
      forgotten.map(({ status }) => status),
      [0, 0, 0],
    );
    scene.assertClean();
  });

  function* random(size: number): Generator<StreamCommand> {
    let word = 1;
    for (const command of large(size)) {
      if (command.kind !== "write") {
        yield command;
        continue;
      }
      const data = Buffer.alloc(command.data.length);
      for (let at = 0; at < data.length; at += 4) {
        // Xorshift: what does not compress.
        word ^= word << 13;
        word ^= word >>> 17;
        word ^= word << 5;
        data.writeInt32LE(word, at);
      }
      yield { ...command, data };
    }
  }
});
