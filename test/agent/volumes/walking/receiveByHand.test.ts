import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../../agent/host/longCall.ts";
import { silentLog } from "../../../../agent/host/log.ts";
import { NoPrivileges } from "../../../../agent/volumes/privileged/noPrivileges.ts";
import type { StreamCommand } from "../../../../agent/volumes/sendStream/commands.ts";
import { each } from "../../../support/each.ts";
import { isReadOnly } from "../../../support/isReadOnly.ts";
import { openLoopPool, type LoopPool } from "../../../support/loopPool.ts";
import { processes } from "../../../support/processes.ts";

const path = (text: string) => Buffer.from(text, "latin1");
const uuid = Buffer.alloc(16, 7);
const begin: StreamCommand = { kind: "subvol", path: path("made"), uuid, ctransid: 1n };
const end: StreamCommand = { kind: "end" };
const file = (name: string): StreamCommand => ({ kind: "mkfile", path: path(name), inode: 300 });
const folder = (name: string): StreamCommand => ({ kind: "mkdir", path: path(name), inode: 301 });
const write = (name: string, text: string): StreamCommand => ({
  kind: "write",
  path: path(name),
  offset: 0,
  data: path(text),
});

describe("receiving a stream with ordinary calls", () => {
  let pool: LoopPool;
  let outside: string;
  const receiver = new NoPrivileges(processes, silentLog);
  const { signal } = unattended;

  before(() => {
    pool = openLoopPool(256);
    outside = join(pool.path, "outside");
    mkdirSync(outside);
  });
  after(() => {
    pool.close();
  });
  beforeEach(() => {
    writeFileSync(join(outside, "kept"), "kept", { mode: 0o600 });
  });

  const receive = (...commands: StreamCommand[]) =>
    receiver.receive(pool.path, each([begin, ...commands, end]), signal);

  it("makes a read-only subvolume", async () => {
    const time = { seconds: 12, nanoseconds: 345_678_901 };
    await receive(
      folder("d"),
      file("d/f"),
      write("d/f", "hello"),
      { kind: "chmod", path: path("d/f"), mode: 0o640 },
      { kind: "utimes", path: path("d/f"), atime: time, mtime: time, ctime: time },
      { kind: "chmod", path: path("d"), mode: 0o500 },
      { kind: "rename", path: path("d"), to: path("e") },
      {
        kind: "clone",
        path: path("e/f"),
        offset: 5,
        length: 3,
        cloneUuid: uuid,
        cloneCtransid: 1n,
        clonePath: path("e/f"),
        cloneOffset: 1,
      },
    );
    const made = join(pool.path, "made");
    assert.ok(isReadOnly(made));
    assert.equal(readFileSync(join(made, "e/f"), "utf8"), "helloell");
    const stat = statSync(join(made, "e/f"), { bigint: true });
    assert.deepEqual([stat.mode & 0o777n, stat.mtimeNs], [0o640n, 12_345_678_901n]);
    assert.equal(statSync(join(made, "e")).mode & 0o777, 0o500);
  });

  const link: StreamCommand = { kind: "symlink", path: path("l"), inode: 302, target: path("../outside") };
  const toFile: StreamCommand = { ...link, target: path("../outside/kept") };
  const time = { seconds: 1, nanoseconds: 0 };
  const attacks: Record<string, StreamCommand[]> = {
    "a path with ..": [file("../outside/new")],
    "an absolute path": [file("/outside/new")],
    "an empty part": [folder("d"), file("d//f")],
    "a file below a link it made": [link, file("l/new")],
    "a write through a link": [toFile, write("l", "changed")],
    "a truncation through a link": [toFile, { kind: "truncate", path: path("l"), size: 0 }],
    "a mode below a link": [link, { kind: "chmod", path: path("l/kept"), mode: 0o777 }],
    "times below a link": [
      link,
      { kind: "utimes", path: path("l/kept"), atime: time, mtime: time, ctime: time },
    ],
    "attributes below a link": [
      link,
      { kind: "setXattr", path: path("l/kept"), name: path("user.k"), data: path("v") },
    ],
    "a removal below a link": [link, { kind: "unlink", path: path("l/kept") }],
    "a rename out": [file("f"), { kind: "rename", path: path("f"), to: path("../outside/new") }],
    "a rename in": [{ kind: "rename", path: path("../outside/kept"), to: path("f") }],
    "a hard link to what is outside": [{ kind: "link", path: path("f"), target: path("../outside/kept") }],
    "a hard link below a link": [link, { kind: "link", path: path("f"), target: path("l/kept") }],
    "a folder that is swapped for a link": [
      folder("d"),
      file("d/f"),
      { kind: "rename", path: path("d"), to: path("away") },
      { ...link, path: path("d") },
      file("d/new"),
    ],
    "times of a folder that is swapped for a link": [
      folder("d"),
      folder("d/kept"),
      { kind: "utimes", path: path("d/kept"), atime: time, mtime: time, ctime: time },
      { kind: "rmdir", path: path("d/kept") },
      { kind: "utimes", path: path("d/kept"), atime: time, mtime: time, ctime: time },
      { kind: "rmdir", path: path("d") },
      { ...link, path: path("d") },
    ],
    "a copy from another snapshot": [
      file("f"),
      {
        kind: "clone",
        path: path("f"),
        offset: 0,
        length: 1,
        cloneUuid: Buffer.alloc(16),
        cloneCtransid: 1n,
        clonePath: path("x"),
        cloneOffset: 0,
      },
    ],
    "ranges without data": [file("f"), { kind: "updateExtent", path: path("f"), offset: 0, length: 9 }],
    "a second beginning": [begin],
    "a file twice": [file("f"), file("f")],
    "a write to what is missing": [write("f", "x")],
  };
  for (const [what, commands] of Object.entries(attacks)) {
    it(`refuses ${what} and leaves nothing`, async () => {
      const kept = statSync(join(outside, "kept"), { bigint: true });
      const before = readdirSync(pool.path);
      await assert.rejects(
        receiver.receive(pool.path, each([{ ...begin, path: path("attack") }, ...commands, end]), signal),
        { code: "STREAM_INVALID" },
      );
      assert.deepEqual(readdirSync(pool.path), before);
      assert.deepEqual(readdirSync(outside), ["kept"]);
      const after = statSync(join(outside, "kept"), { bigint: true });
      assert.deepEqual(
        [after.ctimeNs, after.size, after.mode, after.nlink],
        [kept.ctimeNs, kept.size, kept.mode, kept.nlink],
      );
    });
  }

  it("changes the mode of no file that a link leads to", async () => {
    const named = { ...begin, path: path("linked") };
    const commands: StreamCommand[] = [named, toFile, { kind: "chmod", path: path("l"), mode: 0o777 }, end];
    await receiver.receive(pool.path, each(commands), signal);
    assert.equal(statSync(join(outside, "kept")).mode & 0o777, 0o600);
  });

  for (const name of ["..", "a/b", "", "\xff"]) {
    it(`makes no subvolume called ${JSON.stringify(name)}`, async () => {
      const before = readdirSync(pool.path);
      const commands = each([{ ...begin, path: path(name) }, end]);
      await assert.rejects(receiver.receive(pool.path, commands, signal), { code: "STREAM_INVALID" });
      assert.deepEqual(readdirSync(pool.path), before);
    });
  }

  it("leaves nothing of a stream that is cut, is a difference, fails or is cancelled", async () => {
    const whole = [{ ...begin, path: path("cut") }, file("f"), end];
    const failing = async function* () {
      yield* each(whole.slice(0, -1));
      throw new Error("the store is away");
    };
    await assert.rejects(receiver.receive(pool.path, each(whole.slice(0, -1)), signal), {
      code: "STREAM_INVALID",
    });
    await assert.rejects(receiver.receive(pool.path, failing(), signal), /the store is away/);
    const difference: StreamCommand = { ...begin, kind: "snapshot", cloneUuid: uuid, cloneCtransid: 1n };
    await assert.rejects(receiver.receive(pool.path, each([difference, end]), signal), {
      code: "STREAM_INVALID",
    });
    await assert.rejects(receiver.receive(pool.path, each(whole), AbortSignal.abort()));
    assert.ok(!existsSync(join(pool.path, "cut")));
  });
});
