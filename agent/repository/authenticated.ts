import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";

const algorithm = "aes-256-gcm";
export const nonceBytes = 12;
export const tagBytes = 16;

/** As `encryptedParts`, in one piece. */
export function encrypt(key: KeyObject, nonce: Buffer, associated: Uint8Array, plain: Uint8Array): Buffer {
  return Buffer.concat(encryptedParts(key, nonce, associated, plain), plain.length + tagBytes);
}

/** AES-256-GCM: the encrypted bytes, and the tag that follows them. A nonce must not be used twice with a key. */
export function encryptedParts(
  key: KeyObject,
  nonce: Buffer,
  associated: Uint8Array,
  plain: Uint8Array,
): [body: Buffer, tag: Buffer] {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associated);
  const body = cipher.update(plain);
  // In this mode nothing is left to come.
  cipher.final();
  return [body, cipher.getAuthTag()];
}

/** What was encrypted; null when anything of it is not as it was. */
export function decrypt(
  key: KeyObject,
  nonce: Buffer,
  associated: Uint8Array,
  sealed: Uint8Array,
): Buffer | null {
  const end = sealed.length - tagBytes;
  if (end < 0) return null;
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(associated).setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
  } catch {
    return null;
  }
  return plain;
}
