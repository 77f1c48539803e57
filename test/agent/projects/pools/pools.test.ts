import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../../agent/host/longCall.ts";
import type { Progress } from "../../../../agent/protocol/events.ts";
import { openLoopPool } from "../../../support/loopPool.ts";
import { type AgentHome, makeAgentHome } from "../rig/agentHome.ts";
import { runScript } from "../rig/killed.ts";
import { openPoolRig } from "../rig/poolRig.ts";

const size = 256 * 1024 * 1024;

describe("pools", () => {
  let folder: AgentHome;
  let home: string;
  let rig: ReturnType<typeof openPoolRig>;
  beforeEach(() => {
    folder = makeAgentHome();
    home = join(folder.path, "agent");
    rig = openPoolRig(home);
  });
  afterEach(() => {
    rig.catalog.close();
    folder.close();
  });
  const image = () => join(folder.path, "pool.img");
  const nothingLeft = () => {
    assert.deepEqual(folder.mounts(), []);
    assert.deepEqual(folder.loops(), []);
    assert.equal(existsSync(image()), false);
    assert.deepEqual(readdirSync(join(home, "pools")), []);
    assert.deepEqual(rig.intents.list(), []);
    assert.deepEqual(rig.pools.list(), []);
  };

  it("are made in a sparse file, mounted, listed with their space, and removed without a trace", async () => {
    const seen: Progress[] = [];
    const call = { signal: unattended.signal, report: (progress: Progress) => void seen.push(progress) };
    const row = await rig.creation.create({ image: image(), size }, call);
    assert.ok(seen.length > 0);
    assert.ok(statSync(image()).blocks * 512 < size / 2);
    const [pool] = await rig.registry.list();
    assert.equal(pool?.state, "mounted");
    assert.equal(pool.totalBytes, size);
    assert.ok((pool.freeBytes ?? 0) > 0);
    assert.equal(pool.deviceErrors, 0);
    assert.deepEqual(folder.mounts(), [row.path]);
    await rig.removal.remove({ poolId: row.poolId, keepImage: false });
    nothingLeft();
  });

  it("keep their image when asked to", async () => {
    const row = await rig.creation.create({ image: image(), size }, unattended);
    await rig.removal.remove({ poolId: row.poolId, keepImage: true });
    assert.ok(existsSync(image()));
    assert.deepEqual(folder.loops(), []);
  });

  it("grow while they are in use, and never shrink", async () => {
    const { poolId, path } = await rig.creation.create({ image: image(), size }, unattended);
    writeFileSync(join(path, "kept"), "kept");
    await rig.growth.grow({ poolId, size: 2 * size });
    const [pool] = await rig.registry.list();
    assert.deepEqual([pool?.totalBytes, statSync(image()).size], [2 * size, 2 * size]);
    await assert.rejects(rig.growth.grow({ poolId, size }), { code: "BAD_REQUEST" });
    await assert.rejects(rig.growth.grow({ poolId, size: 2 ** 50 }), {
      code: "BAD_REQUEST",
      message: /free/,
    });
    await assert.rejects(rig.growth.grow({ poolId: "none", size }), { code: "POOL_NOT_FOUND" });
    assert.equal(statSync(image()).size, 2 * size);
    assert.deepEqual(rig.intents.list(), []);
  });

  it("have grown at the next start when that was cut off", async () => {
    const { poolId } = await rig.creation.create({ image: image(), size }, unattended);
    for (const [at, crashPoint] of ["poolGrow:intent", "poolGrow:grown"].entries()) {
      const grow = { poolId, size: (at + 2) * size };
      assert.equal(await runScript("./poolScript.ts", { home, crashPoint, grow }), "SIGKILL");
      await rig.recovery().run();
      assert.equal((await rig.registry.list())[0]?.totalBytes, grow.size);
      assert.deepEqual(rig.intents.list(), []);
    }
  });

  it("are refused where something is already", async () => {
    writeFileSync(image(), "precious");
    await assert.rejects(rig.creation.create({ image: image(), size }, unattended), { code: "POOL_EXISTS" });
    assert.equal(statSync(image()).size, 8);
    const mount = join(folder.path, "full");
    mkdirSync(join(mount, "inner"), { recursive: true });
    const other = join(folder.path, "other.img");
    await assert.rejects(rig.creation.create({ image: other, size, mount }, unattended), {
      code: "POOL_EXISTS",
      message: /not empty/,
    });
    assert.equal(existsSync(other), false);
  });

  it("are refused at places that are no place for a file", async () => {
    execFileSync("mkfifo", [join(folder.path, "fifo")]);
    execFileSync("mknod", [join(folder.path, "device"), "c", "1", "3"]);
    symlinkSync("/nowhere", join(folder.path, "link"));
    mkdirSync(join(folder.path, "folder"));
    for (const name of [
      "fifo",
      "device",
      "link",
      "folder",
      "missing/pool.img",
      "folder/",
      "a\0b",
      "fifo/x",
    ]) {
      const wrong = rig.creation.create({ image: `${folder.path}/${name}`, size }, unattended);
      await assert.rejects(wrong, { code: "BAD_REQUEST" }, name);
    }
    await assert.rejects(rig.creation.create({ image: "/dev/shm/x.img", size }, unattended), {
      message: /cannot lie in \/dev/,
    });
    await assert.rejects(rig.creation.create({ image: image(), size: 2 ** 52 }, unattended), {
      code: "BAD_REQUEST",
      message: /free/,
    });
    assert.deepEqual(rig.intents.list(), []);
  });

  it("leave nothing behind when making them fails or is cancelled", async () => {
    // Too small for mkfs.btrfs, which fails after the image was made.
    await assert.rejects(rig.creation.create({ image: image(), size: 4 * 1024 * 1024 }, unattended));
    nothingLeft();
    const cancel = new AbortController();
    const report = (progress: Progress) => {
      if (progress.done === 2) cancel.abort();
    };
    await assert.rejects(rig.creation.create({ image: image(), size }, { signal: cancel.signal, report }));
    nothingLeft();
  });

  for (const crashPoint of [
    "poolCreate:intent",
    "poolCreate:mountPoint",
    "poolCreate:mounted",
    "poolCreate:marked",
  ]) {
    it(`leave nothing behind when the agent is killed at ${crashPoint}`, async () => {
      const create = { image: image(), size };
      assert.equal(await runScript("./poolScript.ts", { home, crashPoint, create }), "SIGKILL");
      assert.equal(rig.intents.list().length, 1);
      const recovery = rig.recovery();
      await recovery.run();
      assert.deepEqual(recovery.problems, []);
      nothingLeft();
    });
  }

  it("stand when the agent is killed right after", async () => {
    const create = { image: image(), size };
    assert.equal(
      await runScript("./poolScript.ts", { home, crashPoint: "poolCreate:done", create }),
      "SIGKILL",
    );
    await rig.recovery().run();
    assert.equal((await rig.registry.list())[0]?.state, "mounted");
  });

  for (const crashPoint of ["poolRemove:intent", "poolRemove:released", "poolRemove:deleted"]) {
    it(`are removed in the end when the agent is killed at ${crashPoint}`, async () => {
      const { poolId } = await rig.creation.create({ image: image(), size }, unattended);
      const remove = { poolId, keepImage: false };
      assert.equal(await runScript("./poolScript.ts", { home, crashPoint, remove }), "SIGKILL");
      await rig.recovery().run();
      nothingLeft();
    });
  }

  it("come back at start-up, and one without its image is missing and harms nobody", async () => {
    const one = await rig.creation.create({ image: image(), size }, unattended);
    const other = join(folder.path, "other.img");
    const two = await rig.creation.create({ image: other, size }, unattended);
    for (const mount of folder.mounts()) execFileSync("umount", ["-d", mount]);
    const states = async () => (await rig.registry.list()).map((pool) => pool.state);
    assert.deepEqual(await states(), ["unmounted", "unmounted"]);
    rmSync(other);
    await rig.registry.mountAll();
    assert.deepEqual(await states(), ["mounted", "missing"]);
    assert.equal(await rig.registry.isReady(one.poolId), true);
    assert.equal(await rig.registry.isReady(two.poolId), false);
    await rig.registry.mountAll();
    assert.deepEqual(folder.mounts(), [one.path]);
  });

  it("are not removed while a program works in them, which is named", async () => {
    const { poolId, path } = await rig.creation.create({ image: image(), size }, unattended);
    const sleeper = spawn("sleep", ["60"], { cwd: path });
    await once(sleeper, "spawn");
    try {
      await assert.rejects(rig.removal.remove({ poolId, keepImage: false }), {
        code: "POOL_IN_USE",
        message: new RegExp(`sleep \\(${sleeper.pid}\\)`),
      });
    } finally {
      sleeper.kill("SIGKILL");
      await once(sleeper, "exit");
    }
    assert.equal((await rig.registry.list())[0]?.state, "mounted");
    await rig.removal.remove({ poolId, keepImage: false });
    nothingLeft();
  });

  it("are named to whoever asks for one, the first that is mounted by default", async () => {
    await assert.rejects(rig.registry.forNewProject(undefined), {
      code: "POOL_NOT_FOUND",
      hint: /pool create/,
    });
    await assert.rejects(rig.registry.forNewProject("zzzz"), { code: "POOL_NOT_FOUND" });
    const one = await rig.creation.create({ image: image(), size }, unattended);
    assert.equal((await rig.registry.forNewProject(undefined)).poolId, one.poolId);
    execFileSync("umount", ["-d", one.path]);
    await assert.rejects(rig.registry.forNewProject(undefined), { code: "POOL_NOT_FOUND" });
    await assert.rejects(rig.registry.forNewProject(one.poolId), {
      code: "POOL_NOT_FOUND",
      message: /not mounted/,
    });
  });

  it("can be file systems that are mounted already", async () => {
    const loop = openLoopPool(256);
    try {
      const row = await rig.registry.adopt(loop.path);
      assert.equal(row.image, null);
      assert.equal((await rig.registry.adopt(loop.path)).poolId, row.poolId);
      const inner = join(loop.path, "inner");
      mkdirSync(inner);
      await assert.rejects(rig.registry.adopt(inner), {
        code: "POOL_EXISTS",
        details: { poolId: row.poolId },
      });
      assert.equal((await rig.registry.list())[0]?.state, "mounted");
      await rig.removal.remove({ poolId: row.poolId, keepImage: false });
      assert.deepEqual(await rig.registry.list(), []);
      assert.ok(existsSync(loop.path));
    } finally {
      loop.close();
    }
  });

  it("are not folders of other file systems, files or missing ones", async () => {
    await assert.rejects(rig.registry.adopt(folder.path), { code: "NOT_BTRFS", hint: /pool create/ });
    await assert.rejects(rig.registry.adopt(join(folder.path, "missing")), { code: "BAD_REQUEST" });
    writeFileSync(image(), "");
    await assert.rejects(rig.registry.adopt(image()), { code: "NOT_BTRFS" });
  });
});
