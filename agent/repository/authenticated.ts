import { createCipheriv, createDecipheriv } from "node:crypto";

const algorithm = "aes-256-gcm";
export const nonceBytes = 12;
export const tagBytes = 16;

/** AES-256-GCM: the encrypted bytes, then the tag. A nonce must not be used twice with a key. */
export function encrypt(key: Buffer, nonce: Buffer, associated: Uint8Array, plain: Uint8Array): Buffer {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associated);
  const parts = [cipher.update(plain), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(parts, plain.length + tagBytes);
}

/** What was encrypted; null when anything of it is not as it was. */
export function decrypt(
  key: Buffer,
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
