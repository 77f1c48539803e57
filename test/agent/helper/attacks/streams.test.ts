import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { StreamCommand } from "../../../../agent/volumes/sendStream/commands.ts";
import { encodeCommand } from "../../../../agent/volumes/sendStream/writer.ts";
import { shellAs } from "../../../support/helperCall.ts";
import { HelperScene, type UserPool } from "../rig/helperScene.ts";
import { bytes, file, rawStream, streamOf, subvol, uuid } from "../rig/streams.ts";

const empty = Buffer.alloc(0);
const other = Buffer.alloc(16, 9);

/** What makes each stream hostile. */
const hostile: readonly [title: string, commands: readonly StreamCommand[]][] = [
  ["a setuid file", [...file("f"), { kind: "chmod", path: bytes("f"), mode: 0o4755 }]],
  ["a setgid file", [...file("f"), { kind: "chmod", path: bytes("f"), mode: 0o2755 }]],
  ["a setuid root folder", [{ kind: "chmod", path: empty, mode: 0o4755 }]],
  ["a device", [{ kind: "mknod", path: bytes("sda"), inode: 300, rdev: 0x800n, mode: 0o60666 }]],
  ["a path with ..", file("../out")],
  ["a path with .. in its middle", file("a/../../out")],
  ["an absolute path", file("/etc/out")],
  ["a path with a NUL", file("a\0b")],
  ["an empty path", file("")],
  ["a rename that leads out", [...file("f"), { kind: "rename", path: bytes("f"), to: bytes("../f") }]],
  ["an absolute hard link", [{ kind: "link", path: bytes("shadow"), target: bytes("/etc/shadow") }]],
  ["a hard link out of the volume", [{ kind: "link", path: bytes("l"), target: bytes("../s/secret") }]],
  [
    "a clone from another volume",
    [
      ...file("f"),
      {
        kind: "clone",
        path: bytes("f"),
        offset: 0,
        length: 4096,
        cloneUuid: other,
        cloneCtransid: 1n,
        clonePath: bytes("secret"),
        cloneOffset: 0,
      },
    ],
  ],
  [
    "a clone from outside of its own volume",
    [
      ...file("f"),
      {
        kind: "clone",
        path: bytes("f"),
        offset: 0,
        length: 4096,
        cloneUuid: uuid,
        cloneCtransid: 1n,
        clonePath: bytes("../s/secret"),
        cloneOffset: 0,
      },
    ],
  ],
  [
    "a capability",
    [
      ...file("f"),
      { kind: "setXattr", path: bytes("f"), name: bytes("security.capability"), data: bytes("x") },
    ],
  ],
  [
    "an attribute of root's",
    [...file("f"), { kind: "setXattr", path: bytes("f"), name: bytes("trusted.x"), data: bytes("x") }],
  ],
  ["a second volume", [subvol("second")]],
  ["no data", [...file("f"), { kind: "updateExtent", path: bytes("f"), offset: 0, length: 10 }]],
];

describe("a received stream cannot make anything but one volume without rights of its own:", function () {
  this.timeout(60_000);
  let scene: HelperScene;
  let pool: UserPool;
  const request = { verb: "receive", name: "work", directory: "in" };

  before(async function () {
    this.timeout(60_000);
    scene = await HelperScene.open();
    pool = await scene.makePool(scene.ann, "work");
    shellAs(
      scene.ann,
      `cd ${pool.path}; mkdir in; btrfs -q subvolume create v; head -c 8192 /dev/urandom > v/secret; btrfs -q subvolume snapshot -r v s`,
    );
  });
  after(() => {
    scene.close();
  });

  async function refused(input: Buffer | AsyncIterable<Uint8Array>, code: string | string[]): Promise<void> {
    const before = filesOf(pool.path);
    const called = await scene.call(scene.ann, request, { input });
    const codes = [code].flat();
    assert.ok(codes.includes(called.code ?? "success"), `${called.status} ${called.stderr}`);
    assert.deepEqual(filesOf(pool.path), before);
    scene.assertClean(join(pool.path, "in"));
  }

  for (const [title, commands] of hostile) {
    it(title, async () => {
      await refused(await streamOf(...commands), "STREAM_REFUSED");
    });
  }

  it("another beginning: an incremental stream, none, a name that leads out", async () => {
    const snapshot: StreamCommand = {
      kind: "snapshot",
      path: bytes("got"),
      uuid,
      ctransid: 1n,
      cloneUuid: other,
      cloneCtransid: 1n,
    };
    const end: StreamCommand = { kind: "end" };
    for (const first of [
      snapshot,
      ...file("f"),
      subvol("../out"),
      subvol("a/b"),
      subvol(".."),
      subvol(""),
      subvol("/x"),
    ]) {
      await refused(await rawStream(first, end), "STREAM_REFUSED");
    }
  });

  it("a stream that is cut off, goes on after its end, has another version or a wrong checksum", async () => {
    const good = await streamOf(...file("f", "x".repeat(40_000)));
    for (const cut of [0, 5, 17, 30, 60, 20_000, good.length - 10, good.length - 1]) {
      await refused(good.subarray(0, cut), "STREAM_INVALID");
    }
    await refused(Buffer.concat([good, encodeCommand({ kind: "end" })]), "STREAM_INVALID");
    await refused(Buffer.concat([good, good]), "STREAM_INVALID");
    const flipped = Buffer.from(good);
    flipped[good.length - 500] = 0;
    await refused(flipped, "STREAM_INVALID");
    const newer = Buffer.from(good);
    newer.writeUInt32LE(2, 13);
    await refused(newer, "STREAM_INVALID");
    await refused(Buffer.from("not a stream at all, but long enough to be one"), "STREAM_INVALID");
  });

  it("writing through a link of its own", async () => {
    const through = (target: string): Promise<Buffer> =>
      streamOf({ kind: "symlink", path: bytes("l"), inode: 300, target: bytes(target) }, ...file("l/out"));
    for (const target of [
      `${pool.path}/in`,
      "/pool",
      "/pool/..",
      "../..",
      "/etc",
      "/usr",
      "/proc/sys/kernel",
      "/tmp",
    ]) {
      const before = filesOf(pool.path);
      await scene.call(scene.ann, request, { input: await through(target) });
      shellAs(
        scene.ann,
        `cd ${pool.path}/in; if [ -e got ]; then btrfs property set -f got ro false; btrfs -q subvolume delete got; fi`,
      );
      assert.deepEqual(filesOf(pool.path), before, target);
      scene.assertClean(join(pool.path, "in"));
    }
  });

  it("a hard link through a link of its own", async () => {
    const input = await streamOf(
      { kind: "symlink", path: bytes("l"), inode: 300, target: bytes("/usr/bin") },
      { kind: "link", path: bytes("sudo"), target: bytes("l/sudo") },
    );
    const called = await scene.call(scene.ann, request, { input });
    assert.notEqual(called.status, 0);
    scene.assertClean(join(pool.path, "in"));
  });

  it("a root folder of somebody else's, which its owner could not delete", async () => {
    const input = await streamOf({ kind: "chown", path: empty, uid: 0, gid: 0 }, ...file("f"));
    await scene.done(scene.ann, request, { input });
    assert.equal(statSync(join(pool.path, "in/got")).uid, scene.ann.uid);
    shellAs(
      scene.ann,
      `cd ${pool.path}/in; btrfs property set -f got ro false; btrfs -q subvolume delete got`,
    );
  });

  it("takes setgid folders, which are harmless", async () => {
    const folder: StreamCommand[] = [
      { kind: "mkdir", path: bytes("d"), inode: 300 },
      { kind: "chmod", path: bytes("d"), mode: 0o2755 },
    ];
    await scene.done(scene.ann, request, { input: await streamOf(...folder) });
    shellAs(
      scene.ann,
      `cd ${pool.path}/in; btrfs property set -f got ro false; btrfs -q subvolume delete got`,
    );
  });

  it("two at once of the same name: one is there, whole, and the other is refused", async () => {
    const input = await streamOf(...file("f", "y".repeat(30_000)));
    const slowly = async function* () {
      for (let at = 0; at < input.length; at += 10_000) {
        yield input.subarray(at, at + 10_000);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const both = await Promise.all([
      scene.call(scene.ann, request, { input: Readable.from(slowly(), { objectMode: false }) }),
      scene.call(scene.ann, request, { input: Readable.from(slowly(), { objectMode: false }) }),
    ]);
    const codes = both.map(({ code }) => code ?? "done").sort();
    assert.ok(codes.includes("done"), both.map(({ stderr }) => stderr).join());
    assert.equal(statSync(join(pool.path, "in/got/f")).size, 30_000);
    shellAs(
      scene.ann,
      `cd ${pool.path}/in; btrfs property set -f got ro false; btrfs -q subvolume delete got`,
    );
    assert.deepEqual(readdirSync(join(pool.path, "in")), []);
    scene.assertClean(join(pool.path, "in"));
  });
});

/** Every path of a pool with what it is. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
}
