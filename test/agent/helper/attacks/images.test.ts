import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { asUser, shellAs } from "../../../support/helperCall.ts";
import { HelperScene } from "../rig/helperScene.ts";

describe("an image that is not the caller's own empty file is refused, and nothing changes:", function () {
  this.timeout(60_000);
  let scene: HelperScene;

  before(async function () {
    this.timeout(60_000);
    scene = await HelperScene.open();
  });
  after(() => {
    scene.close();
  });

  /** Neither verb that takes an image takes this one. */
  async function refusedBoth(image: string): Promise<void> {
    await scene.refused(scene.ann, { verb: "makePool", image }, "IMAGE_REFUSED");
    await scene.refused(scene.ann, { verb: "mount", image, name: "evil" }, "POOL_NOT_FOUND");
  }

  it("a FIFO, a socket, a folder, a link, a device", async () => {
    shellAs(
      scene.ann,
      `mkfifo fifo; mkdir folder; truncate -s 300M real; ln -s real link; ln -s /dev/null null
       perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un("socket"))'`,
    );
    for (const name of ["fifo", "folder", "link", "null", "socket"]) {
      await refusedBoth(join(scene.ann.home, name));
    }
    for (const image of ["/dev/null", "/dev/loop0", "/etc/shadow"]) {
      await refusedBoth(image);
    }
  });

  it("paths that are not plain", async () => {
    const { ann, bob } = scene;
    for (const image of [
      `${ann.home}/../home-bob/x`,
      "x",
      "",
      "/",
      "--",
      `${ann.home}//x`,
      `${bob.home}/./x`,
      "/a\0b",
    ]) {
      await scene.refused(ann, { verb: "makePool", image }, "BAD_REQUEST");
    }
  });

  it("a file of another user, and one in another user's folder, known or not", async () => {
    const { ann, bob } = scene;
    scene.emptyImage(bob, "bobs.img");
    await refusedBoth(join(bob.home, "bobs.img"));
    await refusedBoth(join(bob.home, "none.img"));
    execFileSync("chmod", ["777", bob.home]);
    try {
      shellAs(ann, `truncate -s 300M ${bob.home}/anns.img`);
      await refusedBoth(join(bob.home, "anns.img"));
    } finally {
      execFileSync("chmod", ["700", bob.home]);
    }
    execFileSync("truncate", ["-s", "300M", join(ann.home, "roots.img")]);
    await refusedBoth(join(ann.home, "roots.img"));
  });

  it("a file with a second name, and one that has content", async () => {
    shellAs(scene.ann, "truncate -s 300M twin; ln twin other; truncate -s 300M full; printf x >> full");
    await refusedBoth(join(scene.ann.home, "twin"));
    await refusedBoth(join(scene.ann.home, "full"));
  });

  it("a file system that was made by the caller, also as a copy of a pool that root made", async () => {
    const { ann } = scene;
    const pool = await scene.makePool(ann, "first");
    await scene.done(ann, { verb: "unmount", name: "first" });
    shellAs(ann, "truncate -s 300M crafted");
    execFileSync("mkfs.btrfs", ["--quiet", join(ann.home, "crafted")], { stdio: "pipe" });
    shellAs(ann, "chmod 400 crafted");
    await refusedBoth(join(ann.home, "crafted"));
    shellAs(ann, `mv ${pool.image} aside; mv crafted ${pool.image}`);
    await refusedBoth(pool.image);
    shellAs(ann, `mv aside ${pool.image}.back; rm -f ${pool.image}; mv ${pool.image}.back ${pool.image}`);
    await scene.forget(ann, pool);
  });

  it("an image that is root's by a received stream alone, inside of a pool", async () => {
    const { ann } = scene;
    const pool = await scene.makePool(ann, "outer");
    shellAs(ann, `mkdir ${pool.path}/in; truncate -s 200M ${pool.path}/in/inner.img`);
    await scene.refused(ann, { verb: "makePool", image: join(pool.path, "in/inner.img") }, "IMAGE_REFUSED");
    await scene.forget(ann, pool);
  });

  it("is out of reach for who held it open before it became a pool", async () => {
    const { ann, install } = scene;
    const image = scene.emptyImage(ann, "held.img");
    const [program, args] = asUser(ann, install.places.node, "-e", holder, image);
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    try {
      await new Promise((resolve) => child.stdout.once("data", resolve));
      await scene.done(ann, { verb: "makePool", image });
      const crafted = () =>
        execFileSync("dd", ["bs=64K", "skip=1", "count=1", `if=${image}`], { stdio: "pipe" });
      const before = crafted();
      child.stdin.write("write\n");
      await new Promise((resolve) => child.stdout.once("data", resolve));
      assert.ok(crafted().equals(before));
      assert.notEqual(statSync(image).uid, ann.uid);
    } finally {
      child.kill();
    }
    await scene.done(ann, { verb: "forget", image });
  });

  it("a mount over a folder of the system or of another pool", async () => {
    const { ann, install } = scene;
    const image = scene.emptyImage(ann, "mine.img");
    await scene.done(ann, { verb: "makePool", image });
    for (const name of ["../../../../../etc", "/etc", "..", "../1000/x", "x/y"]) {
      await scene.refused(ann, { verb: "mount", image, name }, "BAD_REQUEST");
    }
    await scene.done(ann, { verb: "mount", image, name: "mine" });
    const other = scene.emptyImage(ann, "other.img");
    await scene.done(ann, { verb: "makePool", image: other });
    await scene.refused(ann, { verb: "mount", image: other, name: "mine" }, "POOL_EXISTS");
    await scene.refused(ann, { verb: "mount", image, name: "second" }, "POOL_EXISTS");
    const path = join(install.places.pools, String(ann.uid), "mine");
    assert.throws(
      () => shellAs(ann, `rmdir ${path}; mv ${path} x`),
      /Device or resource busy|Permission denied/,
    );
    for (const each of [image, other]) await scene.done(ann, { verb: "forget", image: each });
  });

  it("is not given back while somebody works in the pool", async () => {
    const { ann } = scene;
    const pool = await scene.makePool(ann, "busy");
    const inside = spawn(...asUser(ann, "bash", "-c", `cd ${pool.path} && echo in && exec sleep 60`), {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await new Promise((resolve) => inside.stdout.once("data", resolve));
      await scene.refused(ann, { verb: "forget", image: pool.image }, "POOL_IN_USE");
      await scene.refused(ann, { verb: "unmount", name: "busy" }, "POOL_IN_USE");
    } finally {
      inside.kill();
      await new Promise((resolve) => inside.once("close", resolve));
    }
    await scene.forget(ann, pool);
    scene.assertClean();
  });

  it("more pools than a user may have", async () => {
    const { ann } = scene;
    const db = new DatabaseSync(join(scene.install.places.state, "registry.sqlite"));
    const add = db.prepare("INSERT INTO pools (uid, image, inode, born) VALUES (?, ?, ?, '0')");
    for (let at = 0; at < 16; at++) add.run(ann.uid, `/gone/${at}`, String(at));
    try {
      const image = scene.emptyImage(ann, "one-more.img");
      await scene.refused(ann, { verb: "makePool", image }, "IMAGE_REFUSED");
    } finally {
      db.exec("DELETE FROM pools");
      db.close();
    }
  });
});

/** Keeps the file open for writing, and writes into it when it is told to. */
const holder = `
  const fs = require("fs");
  const fd = fs.openSync(process.argv[1], "r+");
  console.log("open");
  process.stdin.once("data", () => { fs.writeSync(fd, "crafted", 65536); fs.fsyncSync(fd); console.log("written"); });
`;
