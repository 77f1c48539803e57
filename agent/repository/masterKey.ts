import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from "node:crypto";

export const keyBytes = 32;

/** What a sub-key is for; see FORMAT.md, "Encryption". */
export type KeyUse = "names" | "projects" | "packs" | "objects" | "salts" | "config" | "cuts";

/**
 * The one secret of an encrypted repository, from which all its keys are derived. It is in a private
 * field, so that neither JSON nor a log shows it.
 */
export class MasterKey {
  readonly #bytes: Buffer;

  /** @param bytes 32 of them */
  constructor(bytes: Uint8Array) {
    if (bytes.length !== keyBytes) throw new RangeError("A master key has 32 bytes.");
    this.#bytes = Buffer.from(bytes);
  }

  static random(): MasterKey {
    return new MasterKey(randomBytes(keyBytes));
  }

  /** The key for one use in one repository. */
  derive(repositoryId: string, use: KeyUse): KeyObject {
    return deriveKey(this.#bytes, Buffer.from(repositoryId, "hex"), `forkpoint ${use}`);
  }

  /** The secret itself: to be sealed, or given to what keeps secrets, and to nothing else. */
  reveal(): Buffer {
    return Buffer.from(this.#bytes);
  }
}

/** HKDF with SHA-256, 32 bytes. As a key object, since one that is used often is set up once then. */
export function deriveKey(key: Uint8Array | KeyObject, salt: Uint8Array, info: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync("sha256", key, salt, info, keyBytes)));
}
