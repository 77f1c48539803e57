import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { feedProgram } from "../../../../agent/host/feedProgram.ts";
import { RootPrivileged } from "../../../../agent/volumes/privileged/rootPrivileged.ts";
import { streamPastBulk } from "../../../../agent/volumes/privileged/streamPastBulk.ts";
import type { StreamCommand } from "../../../../agent/volumes/sendStream/commands.ts";
import { each } from "../../../support/each.ts";
import { isReadOnly } from "../../../support/isReadOnly.ts";
import { openLoopPool, type LoopPool } from "../../../support/loopPool.ts";
import { processes } from "../../../support/processes.ts";

const mib = 1024 * 1024;
const path = (text: string) => Buffer.from(text, "latin1");
const begin = (name: string): StreamCommand => ({
  ...{ kind: "subvol", path: path(name), ctransid: 1n },
  uuid: randomBytes(16),
});
const end: StreamCommand = { kind: "end" };
const time = { seconds: 12, nanoseconds: 345_678_901 };

/** A file of pieces, each at its offset, with attributes and a hole at its end. */
function file(
  name: string,
  pieces: readonly [offset: number, data: Buffer][],
  size: number,
): StreamCommand[] {
  const to = path(name);
  return [
    { kind: "mkfile", path: to, inode: 300 },
    ...pieces.map(([offset, data]): StreamCommand => ({ kind: "write", path: to, offset, data })),
    { kind: "truncate", path: to, size },
    { kind: "chown", path: to, uid: 1234, gid: 4321 },
    { kind: "chmod", path: to, mode: 0o400 },
    { kind: "utimes", path: to, atime: time, mtime: time, ctime: time },
  ];
}

describe("the bulk of large files, past a send stream", () => {
  let pool: LoopPool;
  const privileged = new RootPrivileged(processes);
  const { signal } = new AbortController();
  before(() => (pool = openLoopPool(256)));
  after(() => pool.close());

  it("is there before the stream says what the file's times are", async () => {
    const data = randomBytes(9 * mib + 17);
    const holes = 4 * mib;
    const pieces: [number, Buffer][] = [
      [0, data.subarray(0, 700_000)],
      [700_000, data.subarray(700_000, 3 * mib)],
      [3 * mib + holes, data.subarray(3 * mib)],
    ];
    const size = data.length + holes + 5;
    const whole = Buffer.alloc(size);
    for (const [offset, bytes] of pieces) whole.set(bytes, offset);
    const small = randomBytes(300);
    const commands = [
      begin("made"),
      { kind: "mkdir", path: path("d"), inode: 301 } as const,
      ...file("d/first", pieces, size),
      ...file("d/small", [[0, small]], 300),
      ...file("last", pieces, size),
      end,
    ];
    const child = spawn("btrfs", ["receive", "--quiet", pool.path], {
      stdio: ["pipe", "inherit", "inherit"],
    });
    const ended = once(child, "exit");
    let streamed = 0;
    const counted = async function* () {
      const isAtWork = () => child.exitCode === null;
      for await (const buffer of streamPastBulk(each(commands), pool.path, { isAtWork, signal })) {
        streamed += buffer.length;
        yield buffer;
      }
    };
    await feedProgram(child.stdin, counted());
    assert.deepEqual(await ended, [0, null]);
    assert.ok(streamed < 7 * mib, `${streamed} bytes came in the stream`);
    for (const name of ["d/first", "last"]) {
      const made = join(pool.path, "made", name);
      assert.ok(readFileSync(made).equals(whole));
      const { mtimeNs, mode, uid, blocks } = statSync(made, { bigint: true });
      assert.deepEqual([mtimeNs, mode & 0o7777n, uid], [12_345_678_901n, 0o400n, 1234n]);
      assert.ok(blocks * 512n < BigInt(size - mib), "holes stay holes");
    }
    assert.ok(readFileSync(join(pool.path, "made/d/small")).equals(small));
    assert.ok(isReadOnly(join(pool.path, "made")));
  });

  it("ends with the program, whose reason is told", async () => {
    const occupied = join(pool.path, "occupied");
    writeFileSync(occupied, "");
    const pieces: [number, Buffer][] = [0, 1, 2].map((at) => [at * mib, randomBytes(mib)]);
    const commands = [begin("other"), ...file("f", pieces, 3 * mib), end];
    await assert.rejects(privileged.receive(occupied, each(commands), signal), /Not a directory/);
  });

  it("ends when the pull is cancelled, or its source fails", async () => {
    const cancel = new AbortController();
    const commands = async function* (fails: boolean): AsyncGenerator<StreamCommand> {
      yield* each([begin(fails ? "failed" : "cancelled"), ...file("f", [], 0).slice(0, 1)]);
      for (let offset = 0; ; offset += mib) {
        if (offset === 8 * mib && fails) throw new Error("the store is away");
        if (offset === 8 * mib) cancel.abort();
        yield { kind: "write", path: path("f"), offset, data: Buffer.alloc(mib, 1) };
      }
    };
    await assert.rejects(privileged.receive(pool.path, commands(true), signal), /the store is away/);
    await assert.rejects(privileged.receive(pool.path, commands(false), cancel.signal), {
      name: "AbortError",
    });
  });

  it("says that the pool is full", async () => {
    const pieces = Array.from({ length: 300 }, (_, at): [number, Buffer] => [at * mib, randomBytes(mib)]);
    const commands = [begin("full"), ...file("f", pieces, 300 * mib), end];
    await assert.rejects(privileged.receive(pool.path, each(commands), signal), { code: "POOL_FULL" });
  });
});
