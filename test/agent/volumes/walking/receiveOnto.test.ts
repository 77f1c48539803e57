import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../../agent/host/longCall.ts";
import { Btrfs } from "../../../../agent/volumes/btrfs.ts";
import type { StreamCommand } from "../../../../agent/volumes/sendStream/commands.ts";
import { receiveOnto } from "../../../../agent/volumes/walking/receiveOnto.ts";
import { isReadOnly } from "../../../support/isReadOnly.ts";
import { openLoopPool, type LoopPool } from "../../../support/loopPool.ts";
import { processes } from "../../../support/processes.ts";

const path = (text: string) => Buffer.from(text, "latin1");
const cloneUuid = Buffer.alloc(16, 3);
const begin: StreamCommand = {
  ...{ kind: "snapshot", path: path("made"), uuid: Buffer.alloc(16, 7), ctransid: 1n },
  ...{ cloneUuid, cloneCtransid: 1n },
};
const end: StreamCommand = { kind: "end" };
const file = (name: string): StreamCommand => ({ kind: "mkfile", path: path(name), inode: 300 });
const copy = (name: string, offset: number, length: number, from: number, source = "f"): StreamCommand => ({
  ...{ kind: "clone", path: path(name), offset, length },
  ...{ cloneUuid, cloneCtransid: 1n, clonePath: path(source), cloneOffset: from },
});

describe("receiving a difference with ordinary calls", () => {
  let pool: LoopPool;
  let parent: string;
  const btrfs = new Btrfs(processes);
  const bytes = randomBytes(1_000_000);

  before(async () => {
    pool = openLoopPool(256);
    const volume = join(pool.path, "volume");
    parent = join(pool.path, "parent");
    await btrfs.createSubvolume(volume);
    writeFileSync(join(volume, "f"), bytes);
    mkdirSync(join(volume, "d"));
    symlinkSync("../outside", join(volume, "l"));
    symlinkSync("f", join(volume, "to-f"));
    await btrfs.snapshot(volume, parent, { readOnly: true });
    mkdirSync(join(pool.path, "outside"));
    writeFileSync(join(pool.path, "outside/kept"), "kept", { mode: 0o600 });
  });
  after(() => {
    pool.close();
  });
  afterEach(async () => {
    await btrfs.deleteSubvolume(join(pool.path, "made"));
  });

  async function* stream(commands: readonly StreamCommand[]) {
    for (const command of commands) yield await Promise.resolve(command);
  }
  const receive = (...commands: StreamCommand[]) =>
    receiveOnto(processes, pool.path, parent, stream(commands), unattended.signal);
  const made = (name: string) => join(pool.path, "made", name);
  /** Where on the disk a file's extents lie. */
  const places = (name: string) => {
    const extents = execFileSync("filefrag", ["-v", name], { encoding: "utf8" });
    return extents.split("\n").filter((line) => /^ *\d+:/.test(line) && line.includes("shared"));
  };

  it("copies ranges with any borders, and shares the whole blocks of those that fit", async () => {
    await receive(
      ...[begin, file("shifted"), copy("shifted", 0, 100_001, 5_000), copy("shifted", 100_001, 77, 3)],
      ...[file("shared"), copy("shared", 200_000, 300_000, 200_000 + 3 * 4096), copy("shared", 10, 20, 4106)],
      ...[{ kind: "truncate", path: path("shared"), size: 600_000 } as const, end],
    );
    assert.ok(isReadOnly(join(pool.path, "made")));
    const shifted = Buffer.concat([bytes.subarray(5_000, 105_001), bytes.subarray(3, 80)]);
    assert.ok(readFileSync(made("shifted")).equals(shifted));
    const expected = Buffer.alloc(600_000);
    bytes.copy(expected, 200_000, 200_000 + 3 * 4096, 500_000 + 3 * 4096);
    bytes.copy(expected, 10, 4106, 4126);
    assert.ok(readFileSync(made("shared")).equals(expected));
    assert.notDeepEqual(places(made("shared")), []);
    assert.deepEqual(places(made("shifted")), []);
  });

  it("keeps the order of what is done to the bytes of a file", async () => {
    await receive(
      ...[begin, copy("f", 0, 409_600, 409_600)],
      { kind: "write", path: path("f"), offset: 8_192, data: path("over") },
      copy("f", 16_384, 4_096, 0),
      { kind: "truncate", path: path("f"), size: 20_000 },
      { kind: "rename", path: path("f"), to: path("d/g") },
      end,
    );
    const expected = Buffer.from(bytes.subarray(409_600, 429_600));
    path("over").copy(expected, 8_192);
    bytes.copy(expected, 16_384, 0, 3_616);
    assert.ok(readFileSync(made("d/g")).equals(expected));
    assert.ok(readFileSync(join(parent, "f")).equals(bytes));
  });

  const refused: Record<string, StreamCommand[]> = {
    "a whole stream": [{ kind: "subvol", path: path("made"), uuid: cloneUuid, ctransid: 1n }, end],
    "a file below a link of its parent": [begin, file("l/new")],
    "a removal below a link of its parent": [begin, { kind: "unlink", path: path("l/kept") }],
    "a write through a link": [
      begin,
      { kind: "symlink", path: path("k"), inode: 1, target: path("../outside/kept") },
      { kind: "write", path: path("k"), offset: 0, data: path("changed") },
    ],
    "a copy from below a link": [begin, file("n"), copy("n", 0, 4, 0, "l/kept")],
    "a copy from a path with ..": [begin, file("n"), copy("n", 0, 4, 0, "../outside/kept")],
    "a copy from beyond the end": [begin, file("n"), copy("n", 0, 100, 999_990)],
    "a name that is there": [begin, file("f")],
    "a name that is not there": [begin, { kind: "unlink", path: path("gone") }],
    "nothing at all": [],
  };
  for (const [what, commands] of Object.entries(refused)) {
    it(`refuses ${what} and leaves nothing`, async () => {
      const before = readdirSync(pool.path);
      await assert.rejects(receive(...commands), { code: "STREAM_INVALID" });
      assert.deepEqual(readdirSync(pool.path), before);
      assert.equal(readFileSync(join(pool.path, "outside/kept"), "utf8"), "kept");
      assert.equal(statSync(join(pool.path, "outside/kept")).mode & 0o777, 0o600);
    });
  }

  it("copies nothing through a link at the end of a path", async () => {
    await assert.rejects(receive(begin, file("n"), copy("n", 0, 8192, 0, "to-f"), end));
    assert.deepEqual(readdirSync(pool.path).includes("made"), false);
  });
});
