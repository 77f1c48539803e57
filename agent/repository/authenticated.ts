import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import { ByteWriter } from "./byteWriter.ts";
import { freeBuffer } from "../host/freeBuffer.ts";

const algorithm = "aes-256-gcm";
export const nonceBytes = 12;
export const tagBytes = 16;

/** What is encrypted at once: larger buffers come from the system each time, and go back to it. */
const pieceBytes = 64 * 1024;

/** As `encryptTo`, in a buffer of its own. */
export function encrypt(key: KeyObject, nonce: Buffer, associated: Uint8Array, plain: Uint8Array): Buffer {
  const writer = new ByteWriter(plain.length + tagBytes);
  encryptTo(writer, key, nonce, associated, plain);
  return writer.view();
}

/**
 * Appends to `writer`, by AES-256-GCM: the encrypted bytes, and the tag that follows them. A nonce must not be used twice
 * with a key.
 */
export function encryptTo(
  writer: ByteWriter,
  key: KeyObject,
  nonce: Buffer,
  associated: Uint8Array,
  plain: Uint8Array,
): void {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associated);
  for (let at = 0; at < plain.length; at += pieceBytes) {
    const piece = cipher.update(plain.subarray(at, at + pieceBytes));
    writer.bytes(piece);
    freeBuffer(piece);
  }
  // In this mode nothing is left to come.
  cipher.final();
  writer.bytes(cipher.getAuthTag());
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
