import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ByteReader } from "../../../agent/repository/byteReader.ts";
import { ByteWriter } from "../../../agent/repository/byteWriter.ts";
import { RepositoryConfig } from "../../../agent/repository/config.ts";
import {
  decodeList,
  encodeList,
  readContent,
  writeContent,
  type Content,
} from "../../../agent/repository/contentFormat.ts";
import { GcState } from "../../../agent/repository/garbage/gcRecord.ts";
import { Keep } from "../../../agent/repository/garbage/keeps.ts";
import { decodeIndex, encodeIndex } from "../../../agent/repository/indexFormat.ts";
import type { Attributes } from "../../../agent/repository/inodeFormat.ts";
import { openSealed, sealObject } from "../../../agent/repository/jsonObject.ts";
import {
  decodeLinkShard,
  decodeLinkTable,
  encodeLinkShard,
  encodeLinkTable,
} from "../../../agent/repository/linkFormat.ts";
import { decodeManifest, encodeManifest, type Manifest } from "../../../agent/repository/manifest.ts";
import { decodePack, PackBuilder } from "../../../agent/repository/packFormat.ts";
import { plainSealing } from "../../../agent/repository/plainSealing.ts";
import { Ref } from "../../../agent/repository/ref.ts";
import { decodeTree, encodeTree, treeTotals, type TreeEntry } from "../../../agent/repository/treeFormat.ts";
import { exampleBytes, exampleText } from "./formatExamples.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const hello = sha256(Buffer.from("hello"));
const emptyTree = Buffer.from("465054524545010000", "hex");
const manifestName = `p00000000001/${sha256(Buffer.from(exampleText("manifest").trimEnd()))}`;
const segments = [
  { length: 5, chunk: hello },
  { length: 4096, chunk: null },
];
const mtime = { seconds: 1_700_000_000, nanoseconds: 123_456_789 };
const attributes = (mode: number): Attributes => ({ mode, uid: 1000, gid: 100, mtime, xattrs: [] });

describe("the format, by the examples in its specification", () => {
  it("writes and reads variable-length numbers", () => {
    const lines = exampleText("varint").trim().split("\n");
    assert.equal(lines.length, 5);
    for (const line of lines) {
      const [number = "", hex = ""] = line.split(" ");
      assert.equal(new ByteWriter().varint(Number(number)).finish().toString("hex"), hex);
      const reader = new ByteReader(Buffer.from(hex, "hex"), "number");
      assert.equal(reader.varint(), Number(number));
      reader.end();
    }
  });

  it("writes and reads signed numbers", () => {
    for (const [number, hex] of [
      [0, "0000000000000000"],
      [-1, "ffffffffffffffff"],
      [-6, "faffffffffffffff"],
      [4_294_967_297, "0100000001000000"],
      [-4_294_967_297, "fffffffffeffffff"],
      [Number.MAX_SAFE_INTEGER, "ffffffffffff1f00"],
    ] as const) {
      assert.equal(new ByteWriter().i64(number).finish().toString("hex"), hex);
      assert.equal(new ByteReader(Buffer.from(hex, "hex"), "number").i64(), number);
    }
  });

  it("config", () => {
    const config = {
      format: 1,
      repositoryId: "000102030405060708090a0b0c0d0e0f",
      hash: "sha256",
      encryption: "none",
    } as const;
    const text = exampleText("config");
    assert.equal(sealObject(config).toString(), text);
    assert.deepEqual(openSealed("config", Buffer.from(text), RepositoryConfig), config);
  });

  it("keep", () => {
    const keep = { format: 1, machineId: "m00000000001", manifests: [manifestName] } as const;
    const text = exampleText("keep");
    assert.equal(sealObject(keep).toString(), text);
    assert.deepEqual(openSealed("keep", Buffer.from(text), Keep), keep);
  });

  it("state of the collection", () => {
    const state: GcState = {
      format: 1,
      cycle: 2,
      revision: 5,
      phase: "condemned",
      condemnedAt: 1_767_323_045_000,
      manifests: [manifestName],
      packs: [sha256(exampleBytes("pack"))],
      retention: { days: 30, last: 0, daily: 0, weekly: 0, monthly: 0 },
    };
    const text = exampleText("gc-state");
    assert.equal(sealObject(state).toString(), text);
    assert.deepEqual(openSealed("gc state", Buffer.from(text), GcState), state);
  });

  it("pack with bytes that belong to no blob", () => {
    const builder = new PackBuilder(16, plainSealing.newPack(), Buffer.alloc(16, 0xff));
    builder.add({ kind: "chunk", id: hello, encoding: "raw", plainLength: 5 }, Buffer.from("hello"));
    const bytes = builder.finish();
    const { records } = decodePack("", bytes, plainSealing);
    assert.deepEqual(records, builder.records);
    assert.equal(records[0]?.offset, 24);
    assert.equal(bytes.subarray(24, 29).toString(), "hello");
  });

  it("list", () => {
    const bytes = exampleBytes("list");
    assert.deepEqual(encodeList(segments), bytes);
    assert.deepEqual(decodeList({ length: 4101, list: sha256(bytes) }, bytes), segments);
  });

  it("content in several lists", () => {
    const list = sha256(exampleBytes("list"));
    const content: Content = { size: 10, parts: { lists: [4, 6].map((length) => ({ length, list })) } };
    const writer = new ByteWriter();
    writeContent(writer, content);
    assert.equal(writer.finish().toString("hex"), `0a010204${list}06${list}`);
    assert.deepEqual(readContent(new ByteReader(writer.view(), "content")), content);
  });

  it("content in a chunk that files share", () => {
    const content: Content = { size: 2, parts: { piece: { chunk: hello, offset: 3 } } };
    const writer = new ByteWriter();
    writeContent(writer, content);
    assert.deepEqual(writer.finish(), exampleBytes("piece"));
    assert.deepEqual(readContent(new ByteReader(writer.view(), "content")), content);
    for (const size of [0, 16 * 1024 * 1024]) {
      const wrong = new ByteWriter();
      writeContent(wrong, { ...content, size });
      assert.throws(() => readContent(new ByteReader(wrong.view(), "content")), /lies outside its chunk/);
    }
  });

  it("tree", () => {
    const xattrs = [{ name: "user.k", value: Buffer.from("v") }];
    const before1970 = { seconds: -6, nanoseconds: 500_000_000 };
    const entries: TreeEntry[] = [
      {
        name: "a",
        inode: { ...attributes(0o644), xattrs, type: "file", content: { size: 4101, parts: { segments } } },
      },
      {
        name: "d",
        inode: {
          ...attributes(0o755),
          mtime: before1970,
          type: "directory",
          tree: sha256(emptyTree),
          entries: 0,
          bytes: 0,
        },
      },
      { name: "h", link: 257 },
      { name: "l", inode: { ...attributes(0o777), type: "symlink", target: Buffer.from("to") } },
      { name: "n", inode: { ...attributes(0o666), type: "charDevice", rdev: 0x103 } },
      { name: "p", inode: { ...attributes(0o600), type: "fifo" } },
      {
        name: "\xff",
        inode: { ...attributes(0o4755), type: "file", content: { size: 0, parts: { segments: [] } } },
      },
    ];
    const bytes = exampleBytes("tree");
    assert.deepEqual(encodeTree(entries), bytes);
    assert.deepEqual(decodeTree(sha256(bytes), bytes), entries);
    assert.deepEqual(treeTotals(entries), { entries: 7, bytes: 4101 });
    assert.deepEqual(encodeTree([]), emptyTree);
  });

  it("table of hard links", () => {
    const content: Content = { size: 5, parts: { segments: [{ length: 5, chunk: hello }] } };
    const inodes = [{ link: 257, names: 1, inode: { ...attributes(0o644), type: "file", content } }] as const;
    const shard = exampleBytes("links-shard");
    assert.deepEqual(encodeLinkShard(inodes), shard);
    const ref = { shard: 0, id: sha256(shard), count: 1, bytes: 5 };
    assert.deepEqual(decodeLinkShard(ref, shard), inodes);
    const table = exampleBytes("links-table");
    assert.deepEqual(encodeLinkTable([ref]), table);
    assert.deepEqual(decodeLinkTable(sha256(table), table), [ref]);
  });

  it("pack and index", () => {
    const builder = new PackBuilder(16, plainSealing.newPack());
    builder.add({ kind: "chunk", id: hello, encoding: "raw", plainLength: 5 }, Buffer.from("hello"));
    builder.add({ kind: "tree", id: sha256(emptyTree), encoding: "raw", plainLength: 9 }, emptyTree);
    const pack = exampleBytes("pack");
    assert.deepEqual(builder.finish(), pack);
    const { records, salt } = decodePack(sha256(pack), pack, plainSealing);
    assert.deepEqual(records, builder.records);
    assert.deepEqual(
      records.map(({ offset, storedLength }) => pack.subarray(offset, offset + storedLength)),
      [Buffer.from("hello"), emptyTree],
    );
    const index = { packs: [{ id: sha256(pack), size: pack.length, salt, records }], supersedes: [] };
    const bytes = exampleBytes("index");
    assert.deepEqual(encodeIndex(index), bytes);
    assert.deepEqual(decodeIndex(sha256(bytes), bytes, plainSealing), index);
    const superseding = { packs: [], supersedes: [sha256(bytes)] };
    assert.deepEqual(decodeIndex("", encodeIndex(superseding), plainSealing), superseding);
  });

  it("manifest", () => {
    const manifest: Manifest = {
      format: 1,
      projectId: "p00000000001",
      slug: "site",
      snapshotId: "s00000000001",
      parentSnapshotId: null,
      parentManifest: null,
      cause: "manual",
      label: null,
      author: "ada",
      createdAt: "2026-01-02T03:04:05.678Z",
      forkedFrom: null,
      root: {
        tree: sha256(exampleBytes("tree")),
        attributes: { mode: 0o755, uid: 1000, gid: 100, mtime, xattrs: [["dXNlci5r", "dg=="]] },
      },
      links: sha256(exampleBytes("links-table")),
      counts: { entries: 7, bytes: 4106, linkedBytes: 5 },
    };
    const bytes = Buffer.from(exampleText("manifest").trimEnd());
    const { bytes: encoded, digest } = encodeManifest(manifest, plainSealing);
    assert.equal(encoded.toString(), bytes.toString());
    assert.deepEqual(decodeManifest(digest, bytes, plainSealing), manifest);
  });

  it("ref", () => {
    const ref: Ref = {
      format: 1,
      projectId: "p00000000001",
      slug: "site",
      head: sha256(Buffer.from(exampleText("manifest").trimEnd())),
      epoch: 1,
      machineId: "m00000000001",
      updatedAt: "2026-01-02T03:04:06.000Z",
      forkedFrom: null,
    };
    assert.equal(sealObject(ref).toString(), exampleText("ref"));
    assert.deepEqual(openSealed("ref", Buffer.from(exampleText("ref")), Ref), ref);
  });
});
