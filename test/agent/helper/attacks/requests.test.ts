import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { maxRequestBytes } from "../../../../agent/volumes/privileged/helperContract.ts";
import { helperCommand } from "../../../../agent/volumes/privileged/helperPlaces.ts";
import { asUser, shellAs } from "../../../support/helperCall.ts";
import { HelperScene, type UserPool } from "../rig/helperScene.ts";

describe("a request that asks for more than is the caller's is refused, and changes nothing:", function () {
  this.timeout(60_000);
  let scene: HelperScene;
  let annsPool: UserPool;
  let bobsPool: UserPool;

  before(async function () {
    this.timeout(60_000);
    scene = await HelperScene.open();
    annsPool = await scene.makePool(scene.ann, "anns");
    bobsPool = await scene.makePool(scene.bob, "bobs");
    for (const [user, { path }] of [
      [scene.ann, annsPool],
      [scene.bob, bobsPool],
    ] as const) {
      shellAs(
        user,
        `cd ${path}; mkdir in; btrfs -q subvolume create v; echo x > v/x; btrfs -q subvolume snapshot -r v s`,
      );
    }
    shellAs(scene.ann, `cd ${annsPool.path}; ln -s ${bobsPool.path} theirs; ln -s / root; ln -s s link`);
  });
  after(() => {
    scene.close();
  });

  const paths = [
    "../bobs/s",
    "/etc",
    "..",
    ".",
    "",
    "s/",
    "a//b",
    "s/../../bobs",
    "s\0",
    "/proc/self/root",
    "-x/..",
  ];
  for (const path of paths) {
    it(`the path ${JSON.stringify(path)}`, async () => {
      const { ann } = scene;
      const name = "anns";
      await scene.refused(ann, { verb: "send", name, snapshot: path, noData: false }, "BAD_REQUEST");
      await scene.refused(
        ann,
        { verb: "send", name, snapshot: "s", parent: path, noData: false },
        "BAD_REQUEST",
      );
      await scene.refused(ann, { verb: "receive", name, directory: path }, "BAD_REQUEST");
      await scene.refused(ann, { verb: "restoreOwners", name, snapshot: "s", volume: path }, "BAD_REQUEST");
    });
  }

  it("a path over a symbolic link", async () => {
    const name = "anns";
    for (const path of ["theirs/s", "theirs", "root/etc", "link"]) {
      await scene.refused(scene.ann, { verb: "send", name, snapshot: path, noData: false }, "PATH_NOT_FOUND");
      await scene.refused(scene.ann, { verb: "receive", name, directory: path }, "PATH_NOT_FOUND");
      await scene.refused(
        scene.ann,
        { verb: "restoreOwners", name, snapshot: "s", volume: path },
        "PATH_NOT_FOUND",
      );
    }
  });

  it("a path of restoreOwners that leaves the volume", async () => {
    const request = { verb: "restoreOwners", name: "anns", snapshot: "s", volume: "v" };
    for (const path of ["../x", "/etc/passwd", "a//b", "./x", "cut off"]) {
      const input = Buffer.from(path === "cut off" ? path : `${path}\0`);
      await scene.refused(scene.ann, request, "PATH_OUTSIDE_VOLUME", { input });
    }
  });

  it("the pool of another user, by its name or its image", async () => {
    const { ann } = scene;
    await scene.refused(ann, { verb: "send", name: "bobs", snapshot: "s", noData: false }, "POOL_NOT_FOUND");
    await scene.refused(ann, { verb: "receive", name: "bobs", directory: "in" }, "POOL_NOT_FOUND");
    await scene.refused(
      ann,
      { verb: "restoreOwners", name: "bobs", snapshot: "s", volume: "v" },
      "POOL_NOT_FOUND",
    );
    await scene.refused(ann, { verb: "grow", name: "bobs", size: 2 ** 30 }, "POOL_NOT_FOUND");
    await scene.refused(ann, { verb: "mount", image: bobsPool.image, name: "mine" }, "POOL_NOT_FOUND");
    await scene.refused(ann, { verb: "makePool", image: bobsPool.image }, "IMAGE_REFUSED");
    const before = scene.everything();
    await scene.done(ann, { verb: "forget", image: bobsPool.image });
    await scene.done(ann, { verb: "unmount", name: "bobs" });
    assert.equal(scene.everything(), before);
  });

  it("what is no snapshot: a folder, a live volume, something that is not there", async () => {
    const send = { verb: "send", name: "anns", noData: true };
    await scene.refused(scene.ann, { ...send, snapshot: "in" }, "PATH_NOT_FOUND");
    await scene.refused(scene.ann, { ...send, snapshot: "none" }, "PATH_NOT_FOUND");
    await scene.refused(scene.ann, { ...send, snapshot: "v" }, "BAD_REQUEST");
    await scene.refused(scene.ann, { ...send, snapshot: "s", parent: "in" }, "PATH_NOT_FOUND");
  });

  it("options smuggled in as names", async () => {
    const { ann } = scene;
    for (const name of ["--", "-x", "..", "", "a/b", "/etc", "a b"]) {
      await scene.refused(ann, { verb: "mount", image: annsPool.image, name }, "BAD_REQUEST");
      await scene.refused(ann, { verb: "unmount", name }, "BAD_REQUEST");
      await scene.refused(ann, { verb: "grow", name, size: 2 ** 30 }, "BAD_REQUEST");
    }
    for (const snapshot of ["--", "-f"]) {
      await scene.refused(ann, { verb: "send", name: "anns", snapshot, noData: false }, "PATH_NOT_FOUND");
    }
    shellAs(ann, `cd ${annsPool.path}; btrfs -q subvolume snapshot -r v ./-e`);
    await scene.done(ann, { verb: "send", name: "anns", snapshot: "-e", noData: false });
  });

  it("fields, verbs and values that there are not", async () => {
    const requests = [
      { verb: "shell" },
      { verb: "status", uid: 0 },
      { verb: "mount", image: annsPool.image, name: "x", options: "suid" },
      { verb: "send", name: "anns", snapshot: ["s"], noData: true },
      { verb: "grow", name: "anns", size: -1 },
      { verb: "grow", name: "anns", size: 1e300 },
      { verb: "grow", name: "anns", size: "1" },
      [],
    ];
    for (const request of requests) await scene.refused(scene.ann, request, "BAD_REQUEST");
  });

  it("a request that is too long, cut in the middle, or no JSON", async () => {
    const long = JSON.stringify({ verb: "send", snapshot: "x".repeat(maxRequestBytes) });
    for (const text of [
      `${long}\n`,
      long,
      '{"verb":"sta',
      '{"verb":"status"}',
      "hello\n",
      "\n",
      "\0\n",
      "null\n",
    ]) {
      await scene.refused(scene.ann, Buffer.from(text), "BAD_REQUEST");
    }
  });

  it("another user's number, more arguments, or another program, all of which sudo refuses", async () => {
    const { ann, bob, install } = scene;
    const [env, ...args] = helperCommand(install.places.lib, ann.uid);
    const { node, program } = install.places;
    const number = String(ann.uid);
    const commands = [
      helperCommand(install.places.lib, bob.uid),
      helperCommand(install.places.lib, 0),
      [env, ...args, "more"],
      [env, ...args.slice(0, -1)],
      [env, ...args.slice(0, -1), "mount-all"],
      [env, "-i", node, "--inspect", program, number],
      [env, "-i", node, "-e", "1"],
      [env, node, program, number],
      [env, "-i", `${node} ${program}`, number, ""],
      [node, program, number],
      ["/bin/sh"],
    ];
    for (const command of commands) await scene.refused(ann, { verb: "status" }, "SUDO", { command });
    for (const sudoOptions of [
      ["-u", "#1"],
      ["-g", "#6"],
      ["-E"],
      ["-D", "/tmp"],
      ["-C", "9"],
      ["NODE_OPTIONS=--inspect"],
    ]) {
      await scene.refused(ann, { verb: "status" }, "SUDO", { sudoOptions });
    }
    // sudo compares arguments joined by blanks: as one argument they pass it, and name no program.
    for (const joined of [
      [`-i ${node}`, program, number],
      ["-i", `${node} ${program} ${number}`],
      ["-i", node, `${program} ${number}`],
    ]) {
      await scene.refused(ann, { verb: "status" }, ["SUDO", "NONE"], { command: [env, ...joined] });
    }
  });

  it("code and settings from the environment and the working folder, which do not get there", async () => {
    const { ann, install } = scene;
    const proof = join(ann.home, "proof");
    shellAs(
      ann,
      `mkdir bin; printf '#!/bin/sh\\necho "$0" >> ${proof}\\n' | tee bin/btrfs bin/bwrap bin/setpriv bin/node > bin/losetup; chmod +x bin/*
       echo "require('fs').writeFileSync('${proof}', 'ran')" > evil.cjs`,
    );
    const env = {
      NODE_OPTIONS: `--require ${join(ann.home, "evil.cjs")}`,
      NODE_PATH: ann.home,
      NODE_EXTRA_CA_CERTS: proof,
      NODE_COMPILE_CACHE: ann.home,
      LD_PRELOAD: join(ann.home, "evil.so"),
      LD_LIBRARY_PATH: ann.home,
      PATH: `${join(ann.home, "bin")}:${process.env["PATH"] ?? ""}`,
      FORKPOINT_HELPER: ann.home,
      SQLITE_TMPDIR: ann.home,
      LC_ALL: "tr_TR.UTF-8",
    };
    // setpriv and sudo start this call, and are to be the real ones.
    const real = { ...env, PATH: process.env["PATH"] };
    await scene.done(ann, { verb: "status" }, { env: real });
    await scene.done(ann, { verb: "send", name: "anns", snapshot: "s", noData: true }, { env: real });
    const [program, args] = asUser(ann, "/usr/bin/sudo", "-n", ...helperCommand(install.places.lib, ann.uid));
    const request = '{"verb":"status"}\n';
    const ran = spawnSync(`/usr/bin/${program}`, args, { env, cwd: ann.home, input: request, stdio: "pipe" });
    assert.equal(ran.status, 0, ran.stderr.toString());
    assert.equal(existsSync(proof), false);
  });

  it("a helper that others could have written, or whose settings say who knows what", async () => {
    const { ann, install } = scene;
    const { config, lib, program, state } = install.places;
    const good = JSON.stringify({ state });
    const cases: [wrong: () => void, right: () => void][] = [
      [() => execFileSync("chmod", ["666", config]), () => execFileSync("chmod", ["644", config])],
      [() => execFileSync("chown", [String(ann.uid), lib]), () => execFileSync("chown", ["0", lib])],
      [() => execFileSync("chmod", ["775", program]), () => execFileSync("chmod", ["644", program])],
      [() => execFileSync("chmod", ["777", state]), () => execFileSync("chmod", ["711", state])],
      [() => writeFileSync(config, "{}"), () => writeFileSync(config, good)],
      [() => writeFileSync(config, `{"state":"${ann.home}"}`), () => writeFileSync(config, good)],
    ];
    for (const [wrong, right] of cases) {
      wrong();
      try {
        await scene.refused(ann, { verb: "status" }, "HELPER_BROKEN");
      } finally {
        right();
      }
    }
    await scene.done(ann, { verb: "status" });
  });

  it("files in place of pipes", () => {
    const { ann, install } = scene;
    const command = ["sudo", "-n", ...helperCommand(install.places.lib, ann.uid)].join(" ");
    shellAs(ann, `echo '{"verb":"status"}' > request`);
    for (const redirected of [`${command} < request`, `cat request | ${command} > answer`]) {
      assert.throws(() => shellAs(ann, redirected), /pipes only/);
    }
  });
});
