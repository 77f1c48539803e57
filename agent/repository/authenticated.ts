import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";

const algorithm = "aes-256-gcm";
export const nonceBytes = 12;
export const tagBytes = 16;

/** AES-256-GCM: the encrypted bytes, then the tag. A nonce must not be used twice with a key. */
export function encrypt(key: KeyObject, nonce: Buffer, associated: Uint8Array, plain: Uint8Array): Buffer {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associated);
  const body = cipher.update(plain);
  // In this mode nothing is left to come.
  cipher.final();
  return Buffer.concat([body, cipher.getAuthTag()], plain.length + tagBytes);
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
