import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { zstdCompressSync } from "node:zlib";
import { FrameReader } from "../../../agent/repository/frameReader.ts";

describe("a reader of zstd frames", () => {
  let reader: FrameReader;
  beforeEach(() => (reader = new FrameReader()));
  afterEach(() => reader.close());

  const texts = [1, 100, 128 * 1024, 700 * 1024, 5 * 1024 * 1024].map((length) =>
    Buffer.concat([randomBytes(length >> 1), Buffer.alloc(length - (length >> 1), "text ")]),
  );

  it("gives the bytes of one frame after the other", async () => {
    for (const text of [...texts, ...texts.toReversed()]) {
      assert.deepEqual(await reader.open(zstdCompressSync(text), text.length), text);
    }
  });

  it("gives nothing of a frame that is longer or shorter than it should be", async () => {
    for (const length of [1, 99, 101, 1000]) {
      const other = new FrameReader();
      assert.equal(await other.open(zstdCompressSync(Buffer.alloc(100)), length), null);
      other.close();
    }
  });

  it("stops at a frame that never ends", async () => {
    const bomb = zstdCompressSync(Buffer.alloc(256 * 1024 * 1024));
    const before = process.memoryUsage().arrayBuffers;
    assert.equal(await reader.open(bomb, 512 * 1024), null);
    assert.ok(process.memoryUsage().arrayBuffers - before < 8 * 1024 * 1024);
  });

  it("gives nothing of what is cut or no frame", async () => {
    const frame = zstdCompressSync(randomBytes(1000));
    for (const bytes of [frame.subarray(0, 500), Buffer.alloc(100, "x"), Buffer.from([0])]) {
      const other = new FrameReader();
      assert.equal(await other.open(bytes, 1000), null);
      other.close();
    }
  });
});
