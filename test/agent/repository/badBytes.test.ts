import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ForkpointError } from "../../../agent/protocol/errors.ts";
import { encodeBlob } from "../../../agent/repository/blob.ts";
import { ByteReader } from "../../../agent/repository/byteReader.ts";
import { ByteWriter } from "../../../agent/repository/byteWriter.ts";
import { RepositoryConfig } from "../../../agent/repository/config.ts";
import { decodeList, encodeList } from "../../../agent/repository/contentFormat.ts";
import { decodeIndex } from "../../../agent/repository/indexFormat.ts";
import { openSealed, sealObject } from "../../../agent/repository/jsonObject.ts";
import { decodeLinkShard, decodeLinkTable } from "../../../agent/repository/linkFormat.ts";
import { decodeManifest } from "../../../agent/repository/manifest.ts";
import { decodePack, openBlob } from "../../../agent/repository/packFormat.ts";
import { plainSealing } from "../../../agent/repository/plainSealing.ts";
import { decodeTree, encodeTree, type TreeEntry } from "../../../agent/repository/treeFormat.ts";
import { exampleBytes, exampleText } from "./formatExamples.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const shardRef = { shard: 0, id: "", count: 1, bytes: 5 };

/** What reads each example, as if its name had been checked. */
const decoders: Record<string, (bytes: Buffer) => unknown> = {
  tree: (bytes) => decodeTree("", bytes),
  list: (bytes) => decodeList({ length: 4101, list: "" }, bytes),
  "links-shard": (bytes) => decodeLinkShard(shardRef, bytes),
  "links-table": (bytes) => decodeLinkTable("", bytes),
  pack: (bytes) => decodePack("", bytes, plainSealing),
  index: (bytes) => decodeIndex("", bytes, plainSealing),
};
const codeOf = (work: () => unknown): string | null => {
  try {
    work();
    return null;
  } catch (thrown) {
    if (thrown instanceof ForkpointError) return thrown.code;
    throw thrown;
  }
};
const fifo = {
  type: "fifo",
  mode: 0o600,
  uid: 0,
  gid: 0,
  mtime: { seconds: 0, nanoseconds: 0 },
  xattrs: [],
} as const;
const treeOf = (...names: string[]): Buffer =>
  encodeTree(names.map((name): TreeEntry => ({ name, inode: fifo })));

describe("bytes that are not what they should be", () => {
  for (const [name, decode] of Object.entries(decoders)) {
    it(`${name}: every cut is noticed`, () => {
      const bytes = exampleBytes(name);
      assert.equal(
        codeOf(() => decode(bytes)),
        null,
      );
      for (let length = 0; length < bytes.length; length++) {
        assert.equal(
          codeOf(() => decode(bytes.subarray(0, length))),
          "OBJECT_DAMAGED",
          `${length} bytes`,
        );
      }
    });

    it(`${name}: bytes after the end are noticed`, () => {
      assert.equal(
        codeOf(() => decode(Buffer.concat([exampleBytes(name), Buffer.alloc(1)]))),
        "OBJECT_DAMAGED",
      );
    });

    it(`${name}: a newer version is told from damage`, () => {
      const bytes = exampleBytes(name);
      bytes[name === "pack" ? bytes.length - 2 : 6] = 2;
      assert.equal(
        codeOf(() => decode(bytes)),
        "REPOSITORY_NEWER",
      );
    });
  }

  it("refuses names that lead out of their directory", () => {
    for (const name of ["..", ".", "a/b", "/", "../etc"]) {
      assert.equal(
        codeOf(() => decodeTree("", treeOf(name))),
        "PATH_OUTSIDE_VOLUME",
        name,
      );
    }
  });

  it("refuses names that no file system takes, and names out of order", () => {
    for (const names of [[""], ["n".repeat(256)], ["a\0b"], ["b", "a"], ["a", "a"]]) {
      assert.equal(
        codeOf(() => decodeTree("", treeOf(...names))),
        "OBJECT_DAMAGED",
        names.join(),
      );
    }
    assert.equal(
      codeOf(() => decodeTree("", treeOf("n".repeat(255), "\xff"))),
      null,
    );
  });

  it("does not make room for what a count only claims", () => {
    const claim = (...numbers: number[]) => {
      const writer = new ByteWriter().bytes(Buffer.from("FPTREE\x01\0", "latin1"));
      for (const number of numbers) writer.varint(number);
      return writer.finish();
    };
    for (const bytes of [claim(2 ** 40), claim(1, 2 ** 31), claim(Number.MAX_SAFE_INTEGER)]) {
      assert.equal(
        codeOf(() => decodeTree("", bytes)),
        "OBJECT_DAMAGED",
      );
    }
  });

  it("does not make room for more runs of a file than there may be", () => {
    const writer = new ByteWriter(2 ** 24).bytes(Buffer.from("FPTREE\x01\0\x01\x01f\x01", "latin1"));
    // Attributes of zeros, a size, the form, and a count that only zeros follow.
    writer
      .bytes(Buffer.alloc(3 + 12 + 1))
      .varint(1)
      .u8(0)
      .varint(2 ** 23);
    const bytes = Buffer.concat([writer.finish(), Buffer.alloc(2 ** 23)]);
    const before = process.memoryUsage().heapUsed;
    assert.equal(
      codeOf(() => decodeTree("", bytes)),
      "OBJECT_DAMAGED",
    );
    assert.ok(process.memoryUsage().heapUsed - before < 2 ** 24);
  });

  it("accepts one form of each number only", () => {
    for (const hex of ["8000", "ff00", "ffffffffffffff1f", "ffffffffffffffffff01"]) {
      assert.equal(
        codeOf(() => new ByteReader(Buffer.from(hex, "hex"), "number").varint()),
        "OBJECT_DAMAGED",
        hex,
      );
    }
    for (const hex of ["0000000000002000", "0000000000000080"]) {
      assert.equal(
        codeOf(() => new ByteReader(Buffer.from(hex, "hex"), "number").i64()),
        "OBJECT_DAMAGED",
        hex,
      );
    }
  });

  it("refuses runs of a file that no writer makes", () => {
    const hole = { length: 1, chunk: null };
    const chunk = { length: 5, chunk: "00".repeat(32) };
    const list = (...segments: (typeof hole | typeof chunk)[]) => encodeList(segments);
    for (const [what, length, bytes] of [
      ["two holes", 2, list(hole, hole)],
      ["an empty run", 5, list({ length: 0, chunk: null }, chunk)],
      ["no run", 0, list()],
      ["a wrong sum", 7, list(hole, chunk)],
      ["a chunk above 16 MiB", 2 ** 25, list({ length: 2 ** 25, chunk: chunk.chunk })],
      ["too many runs", 1025 * 5, list(...Array.from({ length: 1025 }, () => chunk))],
    ] as const) {
      assert.equal(
        codeOf(() => decodeList({ length, list: "" }, bytes)),
        "OBJECT_DAMAGED",
        what,
      );
    }
    assert.equal(
      codeOf(() => decodeList({ length: 6, list: "" }, list(hole, chunk))),
      null,
    );
  });

  it("refuses a shard that does not hold what the table says", () => {
    const bytes = exampleBytes("links-shard");
    for (const wrong of [{ shard: 1 }, { count: 2 }, { bytes: 6 }]) {
      assert.equal(
        codeOf(() => decodeLinkShard({ ...shardRef, ...wrong }, bytes)),
        "OBJECT_DAMAGED",
      );
    }
  });

  it("refuses a blob that is not the one its name promises", () => {
    const plain = Buffer.from("line\n".repeat(1000));
    const { encoding, stored } = encodeBlob(plain);
    assert.equal(encoding, "zstd");
    const record = {
      kind: "chunk" as const,
      id: sha256(plain),
      pack: "",
      salt: Buffer.alloc(0),
      encoding,
      offset: 8,
      storedLength: stored.length,
      plainLength: plain.length,
    };
    assert.deepEqual(openBlob(record, stored, plainSealing), plain);
    const flipped = Buffer.from(stored);
    flipped[20] = (flipped[20] ?? 0) ^ 1;
    for (const [what, changed, bytes] of [
      ["a flipped bit", {}, flipped],
      ["cut", {}, stored.subarray(1)],
      ["another name", { id: sha256(Buffer.from("x")) }, stored],
      ["longer than it says", { plainLength: 100 }, stored],
      ["shorter than it says", { plainLength: 6000 }, stored],
      ["not compressed at all", { encoding: "raw" as const }, stored],
      ["no zstd", { storedLength: 5 }, Buffer.from("hello")],
    ] as const) {
      assert.equal(
        codeOf(() => openBlob({ ...record, ...changed }, bytes, plainSealing)),
        "OBJECT_DAMAGED",
        what,
      );
    }
  });

  it("does not inflate a bomb", () => {
    const { stored } = encodeBlob(Buffer.alloc(200 * 1024 * 1024));
    const place = { pack: "", salt: Buffer.alloc(0), offset: 8 };
    const record = { ...place, kind: "chunk", id: "", encoding: "zstd", plainLength: 1000 } as const;
    const before = process.memoryUsage().arrayBuffers;
    assert.equal(
      codeOf(() => openBlob({ ...record, storedLength: stored.length }, stored, plainSealing)),
      "OBJECT_DAMAGED",
    );
    assert.ok(process.memoryUsage().arrayBuffers - before < 50 * 1024 * 1024);
  });

  it("does not make room for what no zstd frame of its length can hold", () => {
    const { stored } = encodeBlob(Buffer.from("line\n".repeat(1000)));
    const place = { pack: "", salt: Buffer.alloc(0), offset: 8, storedLength: stored.length };
    const record = { ...place, kind: "tree", id: "", encoding: "zstd", plainLength: 2 ** 29 } as const;
    const before = process.memoryUsage().arrayBuffers;
    assert.equal(
      codeOf(() => openBlob(record, stored, plainSealing)),
      "OBJECT_DAMAGED",
    );
    assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 25);
    // Nothing is refused that zstd does: it hardly holds more than this.
    const zeros = Buffer.alloc(2 ** 26);
    const dense = encodeBlob(zeros).stored;
    const all = { ...record, id: sha256(zeros), storedLength: dense.length, plainLength: zeros.length };
    assert.equal(openBlob(all, dense, plainSealing).length, zeros.length);
  });

  it("refuses a sealed object whose seal is broken, missing or another's", () => {
    const text = exampleText("config");
    const open = (bytes: string) => codeOf(() => openSealed("config", Buffer.from(bytes), RepositoryConfig));
    assert.equal(open(text), null);
    for (const wrong of [
      "",
      "{}",
      "\n",
      text.slice(0, -1),
      `${text}\n`,
      text.replace("none", "nine"),
      text.split("\n")[0],
    ]) {
      assert.equal(open(wrong ?? ""), "OBJECT_DAMAGED", wrong);
    }
    const sealed = (value: object) => sealObject(value).toString();
    assert.equal(open(sealed({ format: 2 })), "REPOSITORY_NEWER");
    assert.equal(open(sealed({ format: 1 })), "OBJECT_DAMAGED");
    assert.equal(
      open(sealed({ ...(JSON.parse(text.split("\n")[0] ?? "") as object), more: 1 })),
      "OBJECT_DAMAGED",
    );
  });

  it("refuses a manifest that breaks a rule", () => {
    const text = exampleText("manifest").trimEnd();
    const decode = (json: string) =>
      codeOf(() => decodeManifest(sha256(Buffer.from(json)), Buffer.from(json), plainSealing));
    assert.equal(decode(text), null);
    assert.equal(
      codeOf(() => decodeManifest(sha256(Buffer.from("x")), Buffer.from(text), plainSealing)),
      "OBJECT_DAMAGED",
    );
    for (const [what, from, to] of [
      ["no JSON", "{", "["],
      ["an unknown field", '"slug"', '"more":1,"slug"'],
      ["a missing field", '"slug":"site",', ""],
      ["a mode of 13 bits", "493", "8192"],
      ["a cause nobody knows", "manual", "magic"],
      ["a negative count", '"entries":7', '"entries":-7'],
      ["a project outside its folder", "p00000000001", "../x"],
    ] as const) {
      assert.equal(decode(text.replace(from, to)), "OBJECT_DAMAGED", what);
    }
    const withXattrs = (...names: string[]) => {
      const pairs = names.map((name) => [Buffer.from(name, "latin1").toString("base64"), ""]);
      const changed = text.replace(/"xattrs":\[\[.*?\]\]/, `"xattrs":${JSON.stringify(pairs)}`);
      assert.notEqual(changed, text);
      return decode(changed);
    };
    assert.equal(withXattrs("user.a", "user.\xe9", "user.\xff"), null);
    assert.equal(withXattrs(`user.${"a".repeat(250)}`), null);
    for (const [what, names] of [
      ["an attribute without a name", [""]],
      ["an attribute's name with a NUL", ["user.a\0b"]],
      ["an attribute's name that is too long", ["a".repeat(256)]],
      ["an attribute twice", ["user.a", "user.a"]],
      ["attributes out of order", ["user.b", "user.a"]],
    ] as const) {
      assert.equal(withXattrs(...names), "OBJECT_DAMAGED", `${what} of the root`);
    }
    assert.equal(decode(text.replace('"format":1', '"format":2')), "REPOSITORY_NEWER");
  });
});
