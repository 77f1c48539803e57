import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../agent/host/clock.ts";
import {
  holeBlockBytes,
  segmentsPerList,
  type Content,
  type Run,
} from "../../../agent/repository/contentFormat.ts";
import type { PackWriter } from "../../../agent/repository/packWriter.ts";
import { Repository } from "../../../agent/repository/repository.ts";
import { readRuns } from "../../../agent/repository/structureReader.ts";
import { ContentBuilder } from "../../../agent/sync/push/contentBuilder.ts";
import { markTruncated, markWritten, type ContentChange } from "../../../agent/sync/push/contentChange.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { plainKind } from "../../support/repositoryKinds.ts";
import { seededRandom } from "../../support/randomEdits.ts";

const mib = 1024 * 1024;
const { signal } = new AbortController();

describe("the content of a changed file", function () {
  this.timeout(60_000);
  let folder: string;
  let repository: Repository;
  let packs: PackWriter;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "content-"));
    const options = {
      store: new MemoryBlobStore(),
      cacheDirectory: folder,
      conditionalWrites: true,
      clock: systemClock,
    };
    repository = await Repository.open(options, { ...plainKind.mode, signal });
    packs = repository.packWriter(signal);
  });
  afterEach(() => {
    repository.close();
    rmSync(folder, { recursive: true });
  });

  async function runsOf(content: Content): Promise<Run[]> {
    await packs.finishPacks();
    await packs.finishIndex();
    const runs: Run[] = [];
    for await (const some of readRuns(repository.blobs, content, signal)) runs.push(...some);
    return runs;
  }

  /** Builds upon what the file was before; counts the bytes that are read. */
  async function build(
    bytes: Buffer,
    change: ContentChange,
    base: { size: number; segments: readonly Run[] },
  ) {
    let read = 0;
    const source = {
      read(offset: number, length: number) {
        read += length;
        assert.ok(length > 0 && offset + length <= bytes.length);
        return Buffer.from(bytes.subarray(offset, offset + length));
      },
      // Whoever uses it afterwards reads something else.
      release: (buffer: Buffer) => buffer.fill(0xee),
    };
    const tools = { source, packs, gear: repository.sealing.gear, counted: () => {}, pace: () => undefined };
    const content = await new ContentBuilder(base, change, tools).build();
    return { content, read, runs: await runsOf(content) };
  }

  const whole = (bytes: Buffer): ContentChange => {
    const change = { size: 0, validBytes: 0, blocks: [] };
    markWritten(change, 0, bytes.length);
    return change;
  };
  const buildWhole = (bytes: Buffer) => build(bytes, whole(bytes), { size: 0, segments: [] });

  async function bytesOf(runs: readonly Run[]): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (const { length, chunk } of runs) {
      parts.push(chunk === null ? Buffer.alloc(length) : await repository.blobs.read("chunk", chunk, signal));
      assert.equal(parts.at(-1)?.length, length);
    }
    return Buffer.concat(parts);
  }

  it("is the same whether it was built from nothing or upon what was there, over many edits", async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = seededRandom(seed);
      const upTo = (limit: number) => Math.floor(random() * limit);
      let bytes = noise(random, upTo(3 * mib));
      let built = await buildWhole(bytes);
      for (let edit = 0; edit < 6; edit++) {
        const change: ContentChange = { size: bytes.length, validBytes: bytes.length, blocks: [] };
        for (let part = 0; part < 1 + upTo(3); part++) bytes = edited(bytes, change, random);
        const upon = await build(bytes, change, { size: built.content.size, segments: built.runs });
        const fresh = await buildWhole(bytes);
        assert.deepEqual(upon.runs, fresh.runs, `seed ${seed}, edit ${edit}`);
        assert.deepEqual(upon.content, fresh.content);
        assert.ok((await bytesOf(upon.runs)).equals(bytes), `seed ${seed}, edit ${edit}: other bytes`);
        built = upon;
      }
    }
  });

  it("reads and stores little of a large file when one byte changed, and keeps most lists", async () => {
    const bytes = noise(seededRandom(3), 160 * mib);
    const before = await buildWhole(bytes);
    assert.ok(before.runs.length > segmentsPerList);
    const stored = packs.bytesStored;
    const change: ContentChange = { size: bytes.length, validBytes: bytes.length, blocks: [] };
    bytes.writeUInt8(bytes.readUInt8(80 * mib) ^ 1, 80 * mib);
    markWritten(change, 80 * mib, 1);
    const after = await build(bytes, change, { size: bytes.length, segments: before.runs });
    assert.ok(after.read < 5 * mib, `${after.read} bytes read`);
    assert.ok(packs.bytesStored - stored < mib, `${packs.bytesStored - stored} bytes stored`);
    assert.ok("lists" in before.content.parts && "lists" in after.content.parts);
    const old = new Set(before.content.parts.lists.map(({ list }) => list));
    assert.equal(after.content.parts.lists.filter(({ list }) => !old.has(list)).length, 1);
  });

  it("stores little when bytes were put in near the beginning of a large file", async () => {
    const bytes = noise(seededRandom(4), 32 * mib);
    await buildWhole(bytes);
    const stored = packs.bytesStored;
    await buildWhole(
      Buffer.concat([bytes.subarray(0, 100_000), Buffer.from("put in"), bytes.subarray(100_000)]),
    );
    assert.ok(packs.bytesStored - stored < 2 * mib, `${packs.bytesStored - stored} bytes stored`);
  });

  it("does not read what was never written", async () => {
    const size = 10 * 1024 * mib;
    const change: ContentChange = { size: 0, validBytes: 0, blocks: [] };
    markTruncated(change, size);
    markWritten(change, size / 2, 10);
    const source = {
      read: (offset: number, length: number) => {
        const bytes = Buffer.alloc(length);
        if (offset <= size / 2 && size / 2 < offset + length) bytes.write("here", size / 2 - offset);
        return bytes;
      },
      release: () => undefined,
    };
    const tools = { source, packs, gear: repository.sealing.gear, counted: () => {}, pace: () => undefined };
    const content = await new ContentBuilder({ size: 0, segments: [] }, change, tools).build();
    const runs = await runsOf(content);
    assert.deepEqual(
      runs.map(({ length, chunk }) => [length, chunk === null]),
      [
        [size / 2, true],
        [holeBlockBytes, false],
        [size / 2 - holeBlockBytes, true],
      ],
    );
  });
});

/** Random bytes, with stretches of zeros in between. */
function noise(random: () => number, length: number): Buffer {
  const bytes = Buffer.from(
    Uint32Array.from({ length: Math.ceil(length / 4) }, () => random() * 2 ** 32).buffer,
  );
  return bytes.subarray(0, length);
}

/** Changes bytes as programs do, and notes what a stream would tell of it. */
function edited(bytes: Buffer, change: ContentChange, random: () => number): Buffer {
  const upTo = (limit: number) => Math.floor(random() * limit);
  const offset = upTo(bytes.length + 1);
  const length = upTo(400_000);
  const write = (into: Buffer, what: Buffer) => {
    const copy = Buffer.alloc(Math.max(into.length, offset + what.length));
    into.copy(copy);
    what.copy(copy, offset);
    markWritten(change, offset, what.length);
    return copy;
  };
  switch (upTo(6)) {
    case 0:
      return write(bytes, noise(random, length));
    case 1:
      return write(bytes, Buffer.alloc(length));
    case 2:
      return write(bytes, noise(random, 1));
    case 3: {
      markTruncated(change, offset);
      return Buffer.from(bytes.subarray(0, offset));
    }
    case 4: {
      const size = bytes.length + upTo(300_000);
      markTruncated(change, size);
      return Buffer.concat([bytes, Buffer.alloc(size - bytes.length)]);
    }
    default: {
      const tail = noise(random, length);
      markWritten(change, bytes.length, tail.length);
      return Buffer.concat([bytes, tail]);
    }
  }
}
