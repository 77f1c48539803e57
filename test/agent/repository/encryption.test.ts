import assert from "node:assert/strict";
import { createHmac, hkdfSync, webcrypto } from "node:crypto";
import type { BlobRecord } from "../../../agent/repository/blob.ts";
import { encryptedConfig, RepositoryConfig } from "../../../agent/repository/config.ts";
import { digestOf } from "../../../agent/repository/digest.ts";
import { EncryptedSealing } from "../../../agent/repository/encryptedSealing.ts";
import { decodeIndex, encodeIndex } from "../../../agent/repository/indexFormat.ts";
import { openSealed, sealObject } from "../../../agent/repository/jsonObject.ts";
import { KeySlot, openKey, sealKey } from "../../../agent/repository/keySlot.ts";
import { MasterKey, type KeyUse } from "../../../agent/repository/masterKey.ts";
import { decodePack, openBlob, PackBuilder } from "../../../agent/repository/packFormat.ts";
import { roles } from "../../../agent/repository/sealing.ts";
import type { Secret } from "../../../agent/repository/secret.ts";
import { exampleBytes, exampleText } from "./formatExamples.ts";

const countUp = (from: number) => Buffer.from(Array.from({ length: 32 }, (_, at) => from + at));
const repositoryId = "000102030405060708090a0b0c0d0e0f";
const masterBytes = countUp(0x20);
const master = new MasterKey(masterBytes);
const sealing = new EncryptedSealing(master, repositoryId);
const hello = Buffer.from("hello");
const emptyTree = Buffer.from("465054524545010000", "hex");
const ref = Buffer.from(exampleText("ref"));
const project = "p00000000001";
const uses: readonly KeyUse[] = ["names", "projects", "packs", "objects", "salts", "config", "cuts"];
const pairs = (name: string) =>
  new Map(
    exampleText(name)
      .trim()
      .split("\n")
      .map((line): [string, string] => {
        const [key = "", value = ""] = line.split(" ");
        return [key, value];
      }),
  );

// What the page says, read again with other functions than the code uses.
const derived = (key: Uint8Array, salt: Uint8Array, info: string) =>
  Buffer.from(hkdfSync("sha256", key, salt, info, 32));
const subKey = (use: KeyUse) => derived(masterBytes, Buffer.from(repositoryId, "hex"), `forkpoint ${use}`);
const decrypted = async (key: Buffer, nonce: Buffer, additionalData: Buffer, sealed: Buffer) => {
  const imported = await webcrypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  const opened = await webcrypto.subtle.decrypt(
    { name: "AES-GCM", iv: nonce, additionalData },
    imported,
    sealed,
  );
  return Buffer.from(opened);
};
const hmac = (use: KeyUse, ...parts: Uint8Array[]) =>
  createHmac("sha256", subKey(use)).update(Buffer.concat(parts)).digest("hex");
const zeros = Buffer.alloc(12);

describe("encryption, by the examples in its specification", () => {
  it("sub-keys", () => {
    assert.deepEqual([...pairs("sub-keys").keys()], uses);
    for (const [use, hex] of pairs("sub-keys")) {
      assert.equal(subKey(use as KeyUse).toString("hex"), hex);
      assert.equal(
        master
          .derive(repositoryId, use as KeyUse)
          .export()
          .toString("hex"),
        hex,
      );
    }
  });

  it("names", async () => {
    const names = pairs("names");
    const manifest = Buffer.from(exampleText("manifest").trimEnd());
    assert.equal(sealing.nameBlob("chunk", hello), names.get("chunk"));
    assert.equal(hmac("names", Buffer.from([1]), hello), names.get("chunk"));
    assert.equal(sealing.nameBlob("tree", emptyTree), names.get("tree"));
    assert.equal(sealing.nameManifest(manifest), names.get("manifest"));
    assert.equal(hmac("names", Buffer.from([0]), manifest), names.get("manifest"));
    const name = names.get("project") ?? "";
    assert.equal(sealing.nameProject(project), name);
    assert.equal(sealing.projectOf(name), project);
    const bytes = Buffer.from(name, "hex");
    const nonce = bytes.subarray(0, 12);
    assert.equal(nonce.toString("hex"), hmac("names", Buffer.from([255]), Buffer.from(project)).slice(0, 24));
    const id = await decrypted(subKey("projects"), nonce, Buffer.from("FPSEAL"), bytes.subarray(12));
    assert.equal(id.toString(), project);
  });

  it("config", () => {
    const config = encryptedConfig(repositoryId, master);
    const text = exampleText("config-encrypted");
    assert.equal(sealObject(config).toString(), text);
    assert.deepEqual(openSealed("config", Buffer.from(text), RepositoryConfig), config);
    const { authentication, ...fields } = JSON.parse(text.split("\n", 1)[0] ?? "") as Record<string, string>;
    assert.equal(hmac("config", Buffer.from(JSON.stringify(fields))), authentication);
  });

  it("pack and index", async () => {
    const salt = countUp(0x80);
    const builder = new PackBuilder(16, sealing.packWith(salt));
    const chunk = { kind: "chunk", id: sealing.nameBlob("chunk", hello) } as const;
    const tree = { kind: "tree", id: sealing.nameBlob("tree", emptyTree) } as const;
    builder.add({ ...chunk, encoding: "raw", plainLength: 5 }, hello);
    builder.add({ ...tree, encoding: "raw", plainLength: 9 }, emptyTree);
    const pack = exampleBytes("pack-encrypted");
    assert.deepEqual(builder.finish(), pack);
    const read = decodePack("", pack, sealing);
    assert.deepEqual(read, { salt, records: builder.records });
    const id = digestOf(pack);
    for (const [at, plain] of [hello, emptyTree].entries()) {
      const record: BlobRecord | undefined = read.records[at];
      assert.ok(record);
      const { offset, storedLength } = record;
      const stored = pack.subarray(offset, offset + storedLength);
      assert.deepEqual(openBlob({ ...record, pack: id, salt }, stored, sealing), plain);
      const nonce = Buffer.alloc(12);
      nonce.writeUInt32LE(offset);
      const coded = Buffer.alloc(46);
      coded.writeUInt8(at + 1);
      coded.write(record.id, 2, "hex");
      for (const [field, value] of [offset, storedLength, plain.length].entries()) {
        coded.writeUInt32LE(value, 34 + field * 4);
      }
      const key = derived(subKey("packs"), salt, "pack");
      assert.deepEqual(await decrypted(key, nonce, coded, stored), plain);
    }
    const index = { packs: [{ id, size: pack.length, ...read }], supersedes: [] };
    const bytes = exampleBytes("index-encrypted");
    assert.deepEqual(sealing.seal(roles.index, encodeIndex(index)), bytes);
    assert.deepEqual(decodeIndex("", sealing.open(roles.index, "index", bytes), sealing), index);
  });

  it("ref", async () => {
    const bytes = exampleBytes("ref-encrypted");
    assert.deepEqual(sealing.seal(roles.ref(project), ref), bytes);
    assert.deepEqual(sealing.open(roles.ref(project), "ref", bytes), ref);
    const salt = bytes.subarray(8, 40);
    const role = Buffer.from(`ref ${project}`);
    assert.equal(salt.toString("hex"), hmac("salts", role, Buffer.alloc(1), ref));
    const key = derived(subKey("objects"), salt, "object");
    assert.deepEqual(await decrypted(key, zeros, role, bytes.subarray(40, -32)), ref);
    assert.equal(bytes.subarray(-32).toString("hex"), digestOf(bytes.subarray(0, -32)));
  });

  for (const [name, role, byThePage] of [
    ["keep", roles.keep("m00000000001"), "keep m00000000001"],
    ["gc-state", roles.gcState, "gc state"],
  ] as const) {
    it(name, async () => {
      const plain = Buffer.from(exampleText(name));
      const bytes = sealing.seal(role, plain);
      const salt = bytes.subarray(8, 40);
      const key = derived(subKey("objects"), salt, "object");
      assert.equal(salt.toString("hex"), hmac("salts", Buffer.from(byThePage), Buffer.alloc(1), plain));
      assert.deepEqual(await decrypted(key, zeros, Buffer.from(byThePage), bytes.subarray(40, -32)), plain);
    });
  }

  for (const [name, secret] of [
    ["key-slot", { kind: "passphrase", passphrase: "correct horse battery staple" }],
    ["key-slot-file", { kind: "keyFile", key: countUp(0x60) }],
  ] as const satisfies readonly (readonly [string, Secret])[]) {
    it(name, async () => {
      const text = exampleText(name);
      const slot = openSealed("key slot", Buffer.from(text), KeySlot);
      assert.deepEqual((await openKey(slot, secret))?.reveal(), masterBytes);
      const { sealedKey, sealedLabel, ...head } = slot;
      assert.equal(await sealKey(head, secret, master), sealedKey);
      assert.equal(sealObject(slot).toString(), text);
      const label = sealing.open(roles.slotLabel(slot.slotId), "label", Buffer.from(sealedLabel, "hex"));
      assert.equal(label.toString(), "first");
    });
  }
});

describe("what is sealed", () => {
  const damaged = { code: "OBJECT_DAMAGED" };
  const pack = exampleBytes("pack-encrypted");
  const { salt, records } = decodePack("", pack, sealing);
  const [first, second] = records.map((record) => ({ ...record, pack: "", salt }));
  assert.ok(first && second);
  const stored = ({ offset, storedLength }: typeof first) => pack.subarray(offset, offset + storedLength);
  const stranger = new EncryptedSealing(MasterKey.random(), repositoryId);

  it("opens as nothing else, and with no other key", () => {
    const sealed = sealing.seal(roles.ref(project), ref);
    for (const role of [
      roles.ref("p2"),
      roles.manifest(project),
      roles.keep(project),
      roles.gcState,
      roles.index,
      "",
    ]) {
      assert.throws(() => sealing.open(role, "ref", sealed), damaged, role);
    }
    assert.throws(() => stranger.open(roles.ref(project), "ref", sealed), damaged);
    const elsewhere = new EncryptedSealing(master, "ff".repeat(16));
    assert.throws(() => elsewhere.open(roles.ref(project), "ref", sealed), damaged);
    assert.equal(stranger.projectOf(sealing.nameProject(project)), null);
  });

  it("is noticed to be changed or cut, with the checksum made right again as well", () => {
    const sealed = sealing.seal(roles.ref(project), ref);
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const code = at === 6 ? "REPOSITORY_NEWER" : "OBJECT_DAMAGED";
      if (at !== 6) assert.throws(() => sealing.open(roles.ref(project), "ref", changed), { code }, `${at}`);
      const body = changed.subarray(0, -32);
      const resealed = Buffer.concat([body, Buffer.from(digestOf(body), "hex")]);
      if (at < body.length) assert.throws(() => sealing.open(roles.ref(project), "ref", resealed), { code });
      assert.throws(() => sealing.open(roles.ref(project), "ref", sealed.subarray(0, at)), damaged);
    }
  });

  it("as a blob is no other blob, and lies nowhere else", () => {
    assert.deepEqual(openBlob(first, stored(first), sealing), hello);
    const other = { ...second, storedLength: first.storedLength };
    for (const [what, record] of [
      ["another name", { ...first, id: second.id }],
      ["another kind", { ...first, kind: "list" }],
      ["another encoding", { ...first, encoding: "zstd" }],
      ["another place", { ...first, offset: first.offset + 1 }],
      ["another length", { ...first, plainLength: 6 }],
      ["another salt", { ...first, salt: countUp(0) }],
      ["its neighbour", other],
    ] as const) {
      assert.throws(() => openBlob(record, stored(first), sealing), damaged, what);
    }
    assert.throws(() => openBlob(first, stored(first), stranger), damaged);
  });

  it("as a pack is refused wherever it was changed before it was named anew", () => {
    for (let at = 0; at < pack.length; at++) {
      const changed = Buffer.from(pack);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const look = () => {
        const read = decodePack("", changed, sealing);
        for (const record of read.records) {
          const { offset, storedLength } = record;
          const bytes = changed.subarray(offset, offset + storedLength);
          openBlob({ ...record, pack: "", salt: read.salt }, bytes, sealing);
        }
      };
      // The signature in the beginning is there again at the end, and read there.
      if (at >= 8) assert.throws(look, /damaged|format version/, `${at}`);
    }
  });

  it("comes out differently each time, where it is a pack", () => {
    const seal = () => {
      const builder = new PackBuilder(16, sealing.newPack());
      builder.add({ kind: "chunk", id: first.id, encoding: "raw", plainLength: 5 }, hello);
      return builder.finish();
    };
    assert.notDeepEqual(seal(), seal());
  });
});
