import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { z } from "zod";
import type { ErrorCode } from "../../../../../agent/protocol/errors.ts";
import { blobKinds } from "../../../../../agent/repository/blob.ts";
import { RepositoryConfig } from "../../../../../agent/repository/config.ts";
import { decodeList, encodeList } from "../../../../../agent/repository/contentFormat.ts";
import { digestOf } from "../../../../../agent/repository/digest.ts";
import { EncryptedSealing } from "../../../../../agent/repository/encryptedSealing.ts";
import { GcState } from "../../../../../agent/repository/garbage/gcRecord.ts";
import { Keep } from "../../../../../agent/repository/garbage/keeps.ts";
import { decodeIndex, encodeIndex } from "../../../../../agent/repository/indexFormat.ts";
import { openSealed, sealObject } from "../../../../../agent/repository/jsonObject.ts";
import { KeySlot } from "../../../../../agent/repository/keySlot.ts";
import {
  decodeLinkShard,
  decodeLinkTable,
  encodeLinkShard,
  encodeLinkTable,
} from "../../../../../agent/repository/linkFormat.ts";
import {
  attributesOfRoot,
  decodeManifest,
  encodeManifest,
} from "../../../../../agent/repository/manifest.ts";
import { MasterKey } from "../../../../../agent/repository/masterKey.ts";
import { decodePack, openBlob, packTrailerBytes } from "../../../../../agent/repository/packFormat.ts";
import { plainSealing } from "../../../../../agent/repository/plainSealing.ts";
import { Ref } from "../../../../../agent/repository/ref.ts";
import { roles, type Sealing } from "../../../../../agent/repository/sealing.ts";
import { decodeTree, encodeTree } from "../../../../../agent/repository/treeFormat.ts";
import type { StreamCommand } from "../../../../../agent/volumes/sendStream/commands.ts";
import { crc32c } from "../../../../../agent/volumes/sendStream/crc32c.ts";
import { readSendStream } from "../../../../../agent/volumes/sendStream/reader.ts";
import { encodeSendStream } from "../../../../../agent/volumes/sendStream/writer.ts";
import { exampleBytes, exampleText } from "../../formatExamples.ts";
import { mutate, mutateJson } from "./mutations.ts";

/** Something that reads bytes from outside. */
export interface Subject {
  readonly name: string;
  /** Bytes that nearly are what it reads, as the numbers say. */
  readonly make: (random: () => number) => Buffer;
  /** Reads them, and holds what it read to a second reading of what it would write. */
  readonly check: (bytes: Buffer) => Promise<void> | void;
  /** What it may throw. */
  readonly codes: readonly ErrorCode[];
}

const ofObject = ["OBJECT_DAMAGED", "REPOSITORY_NEWER"] as const;
const master = new MasterKey(Buffer.from(Array.from({ length: 32 }, (_, at) => 0x20 + at)));
const encrypted = new EncryptedSealing(master, "000102030405060708090a0b0c0d0e0f");

/** A binary object that has one form: what is read is written to the same bytes. */
function binary(
  name: string,
  examples: readonly Buffer[],
  rewrite: (bytes: Buffer) => Buffer,
  codes: readonly ErrorCode[] = ofObject,
): Subject {
  const donors = [...examples, exampleBytes("tree"), exampleBytes("list"), exampleBytes("index")];
  return {
    name,
    codes,
    make: (random) =>
      mutate(examples[Math.floor(random() * examples.length)] ?? Buffer.alloc(0), random, donors),
    check: (bytes) => assert.equal(rewrite(bytes).toString("hex"), bytes.toString("hex")),
  };
}

/** A line of JSON under its digest, sealed where `role` is given. */
function sealedJson(name: string, example: string, schema: z.ZodType<object>, role?: string): Subject {
  const json = exampleText(example).split("\n")[0] ?? "";
  const seal = (text: string) => {
    const line = Buffer.from(`${text}\n`, "utf8");
    return Buffer.concat([line, Buffer.from(`${digestOf(line)}\n`, "latin1")]);
  };
  const open = (bytes: Buffer) =>
    openSealed(name, role === undefined ? bytes : encrypted.open(role, name, bytes), schema);
  const wrap = (bytes: Buffer) => (role === undefined ? bytes : encrypted.seal(role, bytes));
  return {
    name,
    codes: ofObject,
    make: (random) => {
      const sound = seal(json);
      const kind = random();
      if (kind < 0.6) return wrap(seal(mutateJson(json, random)));
      if (kind < 0.8) return wrap(mutate(sound, random, [sound]));
      if (kind < 0.9) return mutate(wrap(sound), random, [wrap(sound)]);
      return resealed(mutate(wrap(sound), random, [wrap(sound)]));
    },
    check: (bytes) => {
      const value = open(bytes);
      assert.equal(JSON.stringify(open(wrap(sealObject(value)))), JSON.stringify(value));
    },
  };
}

/** With the digest at its end that it ought to have. */
function resealed(bytes: Buffer): Buffer {
  if (bytes.length < 32) return bytes;
  const all = bytes.subarray(0, -32);
  return Buffer.concat([all, createHash("sha256").update(all).digest()]);
}

function pack(name: string, example: string, sealing: Sealing): Subject {
  const sound = exampleBytes(example);
  return {
    name,
    codes: ofObject,
    make: (random) => {
      const bytes = mutate(sound, random, [sound, exampleBytes("pack")]);
      return random() < 0.7 ? withFooter(bytes, random) : bytes;
    },
    check: (bytes) => {
      const { salt, records } = decodePack("", bytes, sealing);
      for (const record of records.slice(0, 20)) {
        const stored = bytes.subarray(record.offset, record.offset + record.storedLength);
        const failed = failureOf(() => openBlob({ ...record, pack: "", salt }, stored, sealing));
        if (failed !== null) continue;
        const plain = openBlob({ ...record, pack: "", salt }, stored, sealing);
        assert.equal(sealing.nameBlob(record.kind, plain), record.id);
      }
    },
  };
}

/** Gives a damaged pack a footer whose digest is right, so that its records are read. */
function withFooter(bytes: Buffer, random: () => number): Buffer {
  if (bytes.length < packTrailerBytes + 8) return bytes;
  const end = bytes.length - packTrailerBytes;
  const length = Math.min(bytes.readUInt32LE(end + 32), end);
  const footer = Buffer.from(bytes.subarray(end - length, end));
  if (footer.length >= 46 && random() < 0.7) {
    const at = 46 * Math.floor(random() * Math.floor(footer.length / 46));
    footer[at] = Object.values(blobKinds)[Math.floor(random() * 4)] ?? 0;
    footer[at + 1] = Math.floor(random() * 2);
    footer.writeUInt32LE(
      Math.floor(random() * 2 ** (1 + Math.floor(random() * 31))),
      at + 34 + 4 * Math.floor(random() * 3),
    );
  }
  const digest = createHash("sha256").update(footer).digest();
  return Buffer.concat([bytes.subarray(0, end - length), footer, digest, bytes.subarray(end + 32)]);
}

/** What a reader refuses is fine; anything else that it throws is not. */
function failureOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (code === "OBJECT_DAMAGED" || code === "REPOSITORY_NEWER") return code;
    throw thrown;
  }
}

const time = { seconds: 1_700_000_000, nanoseconds: 123 };
const commands: StreamCommand[] = [
  { kind: "subvol", path: Buffer.from("s"), uuid: Buffer.alloc(16, 1), ctransid: 7n },
  { kind: "mkfile", path: Buffer.from("o257"), inode: 257 },
  { kind: "rename", path: Buffer.from("o257"), to: Buffer.from("file") },
  { kind: "write", path: Buffer.from("file"), offset: 4096, data: Buffer.from("hello") },
  { kind: "setXattr", path: Buffer.from("file"), name: Buffer.from("user.k"), data: Buffer.from("v") },
  {
    kind: "clone",
    path: Buffer.from("file"),
    offset: 0,
    length: 4096,
    cloneUuid: Buffer.alloc(16, 1),
    cloneCtransid: 7n,
    clonePath: Buffer.from("x"),
    cloneOffset: 0,
  },
  { kind: "link", path: Buffer.from("two"), target: Buffer.from("file") },
  { kind: "symlink", path: Buffer.from("l"), inode: 258, target: Buffer.from("nowhere") },
  { kind: "mknod", path: Buffer.from("dev"), inode: 259, rdev: 259n, mode: 0o20644 },
  { kind: "truncate", path: Buffer.from("file"), size: 5000 },
  { kind: "chown", path: Buffer.from("file"), uid: 1, gid: 2 },
  { kind: "chmod", path: Buffer.from("file"), mode: 0o644 },
  { kind: "utimes", path: Buffer.from("file"), atime: time, mtime: time, ctime: time },
  { kind: "updateExtent", path: Buffer.from("file"), offset: 0, length: 100 },
  { kind: "unlink", path: Buffer.from("two") },
  { kind: "end" },
];
const prologueBytes = 17;

async function joined(parts: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

async function* cut(bytes: Buffer): AsyncGenerator<Buffer> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += 97) yield bytes.subarray(at, at + 97);
}

async function commandsOf(bytes: Buffer): Promise<StreamCommand[]> {
  const found: StreamCommand[] = [];
  for await (const command of readSendStream(cut(bytes))) found.push(command);
  return found;
}

const soundStream = await joined(encodeSendStream(commands));

/** With checksums that are right, as far as it still is a row of commands. */
function checksummed(stream: Buffer): Buffer {
  const bytes = Buffer.from(stream);
  for (let at = prologueBytes; at + 10 <= bytes.length;) {
    const end = at + 10 + bytes.readUInt32LE(at);
    if (end > bytes.length) break;
    bytes.writeUInt32LE(0, at + 6);
    bytes.writeUInt32LE(crc32c(bytes.subarray(at, end)), at + 6);
    at = end;
  }
  return bytes;
}

const sendStream: Subject = {
  name: "send stream",
  codes: ["STREAM_INVALID"],
  make: (random) => {
    const bytes = mutate(soundStream, random, [soundStream]);
    return random() < 0.8 ? checksummed(bytes) : bytes;
  },
  check: async (bytes) => {
    const found = await commandsOf(bytes);
    const again = await commandsOf(await joined(encodeSendStream(found)));
    assert.deepEqual(again, found);
  },
};

const manifest: Subject = {
  name: "manifest",
  codes: ofObject,
  make: (random) => {
    const text = exampleText("manifest").trimEnd();
    if (random() < 0.8) return Buffer.from(mutateJson(text, random), "utf8");
    return mutate(Buffer.from(text), random, [Buffer.from(text)]);
  },
  check: (bytes) => {
    const value = decodeManifest(digestOf(bytes), bytes, plainSealing);
    const again = encodeManifest(value, plainSealing);
    assert.equal(
      JSON.stringify(decodeManifest(again.digest, again.bytes, plainSealing)),
      JSON.stringify(value),
    );
    attributesOfRoot(value);
  },
};

const shardRef = { shard: 0, id: "", count: 1, bytes: 5 };

export const subjects: readonly Subject[] = [
  sendStream,
  pack("pack", "pack", plainSealing),
  pack("encrypted pack", "pack-encrypted", encrypted),
  binary("index", [exampleBytes("index")], (bytes) => encodeIndex(decodeIndex("", bytes, plainSealing))),
  binary(
    "index in an encrypted repository",
    [encrypted.open(roles.index, "index", exampleBytes("index-encrypted"))],
    (bytes) => encodeIndex(decodeIndex("", bytes, encrypted)),
  ),
  binary("tree", [exampleBytes("tree")], (bytes) => encodeTree(decodeTree("", bytes)), [
    ...ofObject,
    "PATH_OUTSIDE_VOLUME",
  ]),
  binary("links shard", [exampleBytes("links-shard")], (bytes) =>
    encodeLinkShard(decodeLinkShard(shardRef, bytes)),
  ),
  binary("links table", [exampleBytes("links-table")], (bytes) =>
    encodeLinkTable(decodeLinkTable("", bytes)),
  ),
  binary("list", [exampleBytes("list")], (bytes) =>
    encodeList(decodeList({ length: 4101, list: "" }, bytes)),
  ),
  manifest,
  sealedJson("config", "config", RepositoryConfig),
  sealedJson("encrypted config", "config-encrypted", RepositoryConfig),
  sealedJson("ref", "ref", Ref),
  sealedJson("encrypted ref", "ref", Ref, roles.ref("p00000000001")),
  sealedJson("keep", "keep", Keep),
  sealedJson("encrypted keep", "keep", Keep, roles.keep("m00000000001")),
  sealedJson("gc state", "gc-state", GcState),
  sealedJson("encrypted gc state", "gc-state", GcState, roles.gcState),
  sealedJson("key slot", "key-slot", KeySlot),
  sealedJson("key slot of a key file", "key-slot-file", KeySlot),
];
