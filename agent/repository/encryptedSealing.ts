import { createHmac, type KeyObject, randomBytes } from "node:crypto";
import { decrypt, encrypt, encryptTo, nonceBytes, tagBytes } from "./authenticated.ts";
import { blobKinds, type BlobKind } from "./blob.ts";
import { ByteReader } from "./byteReader.ts";
import type { ByteWriter } from "./byteWriter.ts";
import { gearOf, type Gear } from "./chunker.ts";
import { damaged, digestBytes, digestOf, newer, type Digest } from "./digest.ts";
import { deriveKey, type MasterKey } from "./masterKey.ts";
import type { PackSealing, Sealing } from "./sealing.ts";

const saltBytes = 32;
/** What stands before a name's plain bytes, where that is no blob's kind. */
const manifestKind = 0;
const projectKind = 255;

/** FORMAT.md, "Sealed by encryption". */
const magic = Buffer.from("FPSEAL", "latin1");
const version = 1;
const signature = Buffer.concat([magic, Buffer.from([version, 0])]);
const onlyNonce = Buffer.alloc(nonceBytes);

/** Names are keyed, and everything is encrypted and authenticated. Holds keys, in private fields alone. */
export class EncryptedSealing implements Sealing {
  readonly encryption = "aes-256-gcm";
  readonly saltBytes = saltBytes;
  readonly gear: Gear;
  readonly #names: KeyObject;
  readonly #projects: KeyObject;
  readonly #packs: KeyObject;
  readonly #objects: KeyObject;
  readonly #salts: KeyObject;
  /** Parts are read pack by pack. */
  #lastPack: EncryptedPack | null = null;

  constructor(master: MasterKey, repositoryId: string) {
    this.#names = master.derive(repositoryId, "names");
    this.#projects = master.derive(repositoryId, "projects");
    this.#packs = master.derive(repositoryId, "packs");
    this.#objects = master.derive(repositoryId, "objects");
    this.#salts = master.derive(repositoryId, "salts");
    this.gear = gearOf(master.derive(repositoryId, "cuts"));
  }

  nameBlob(kind: BlobKind, plain: Uint8Array): Digest {
    return this.#name(blobKinds[kind], plain).toString("hex");
  }

  nameManifest(plain: Uint8Array): Digest {
    return this.#name(manifestKind, plain).toString("hex");
  }

  nameProject(projectId: string): string {
    const plain = Buffer.from(projectId, "utf8");
    const nonce = this.#name(projectKind, plain).subarray(0, nonceBytes);
    return Buffer.concat([nonce, encrypt(this.#projects, nonce, magic, plain)]).toString("hex");
  }

  projectOf(name: string): string | null {
    if (!/^([0-9a-f]{2}){29,92}$/.test(name)) return null;
    const bytes = Buffer.from(name, "hex");
    const nonce = bytes.subarray(0, nonceBytes);
    const plain = decrypt(this.#projects, nonce, magic, bytes.subarray(nonceBytes));
    return plain && plain.toString("utf8");
  }

  newPack(): PackSealing {
    return this.#pack(randomBytes(saltBytes));
  }

  packWith(salt: Buffer): PackSealing {
    if (!this.#lastPack?.salt.equals(salt)) this.#lastPack = this.#pack(salt);
    return this.#lastPack;
  }

  seal(role: string, plain: Buffer): Buffer {
    const associated = Buffer.from(role, "utf8");
    const salt = createHmac("sha256", this.#salts)
      .update(associated)
      .update(Buffer.alloc(1))
      .update(plain)
      .digest();
    const sealed = encrypt(this.#objectKey(salt), onlyNonce, associated, plain);
    const all = Buffer.concat([signature, salt, sealed]);
    return Buffer.concat([all, Buffer.from(digestOf(all), "hex")]);
  }

  open(role: string, object: string, sealed: Uint8Array): Buffer {
    const reader = new ByteReader(sealed, object);
    const end = reader.remaining - digestBytes;
    if (!reader.bytes(magic.length).equals(magic)) throw reader.damaged("it is not sealed");
    const found = reader.u8();
    if (found !== version) throw newer(object, found);
    if (reader.u8() !== 0) throw reader.damaged("a reserved byte is set");
    const salt = reader.bytes(saltBytes);
    const body = reader.bytes(Math.max(reader.remaining - digestBytes, 0));
    if (digestOf(sealed.subarray(0, end)) !== reader.digest()) {
      throw reader.damaged("its bytes do not match its seal");
    }
    const plain = decrypt(this.#objectKey(salt), onlyNonce, Buffer.from(role, "utf8"), body);
    if (!plain) throw reader.damaged("it was not made with this repository's key, or not as what it is");
    return plain;
  }

  #name(kind: number, plain: Uint8Array): Buffer {
    return createHmac("sha256", this.#names)
      .update(Buffer.from([kind]))
      .update(plain)
      .digest();
  }

  #objectKey(salt: Buffer): KeyObject {
    return deriveKey(this.#objects, salt, "object");
  }

  #pack(salt: Buffer): EncryptedPack {
    return new EncryptedPack(Buffer.from(salt), deriveKey(this.#packs, salt, "pack"));
  }
}

class EncryptedPack implements PackSealing {
  readonly form = 1;
  readonly overhead = tagBytes;
  readonly salt: Buffer;
  readonly #key: KeyObject;

  constructor(salt: Buffer, key: KeyObject) {
    this.salt = salt;
    this.#key = key;
  }

  sealTo(writer: ByteWriter, number: number, associated: Uint8Array, part: Uint8Array): void {
    encryptTo(writer, this.#key, nonceOf(number), associated, part);
  }

  open(object: string, number: number, associated: Uint8Array, sealed: Uint8Array): Buffer {
    const part = decrypt(this.#key, nonceOf(number), associated, sealed);
    if (!part) throw damaged(object, "it was not made with this repository's key, or changed since");
    return part;
  }
}

function nonceOf(number: number): Buffer {
  const nonce = Buffer.alloc(nonceBytes);
  nonce.writeUInt32LE(number);
  return nonce;
}
