/** Reflected polynomial of CRC-32C (Castagnoli). */
const polynomial = 0x82f63b78;

/** Tables for eight bytes at a step ("slicing by 8", Kounavis and Berry, 2005). */
const tables = makeTables();

/**
 * CRC-32C as btrfs send uses it: no inversion of the start value or of the result, so that a checksum
 * can be continued by passing it as `seed`.
 */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  let crc = seed;
  let at = 0;
  const end8 = bytes.length - (bytes.length % 8);
  while (at < end8) {
    crc ^=
      byteAt(bytes, at) |
      (byteAt(bytes, at + 1) << 8) |
      (byteAt(bytes, at + 2) << 16) |
      (byteAt(bytes, at + 3) << 24);
    crc =
      (t7[crc & 255] as number) ^
      (t6[(crc >>> 8) & 255] as number) ^
      (t5[(crc >>> 16) & 255] as number) ^
      (t4[crc >>> 24] as number) ^
      (t3[byteAt(bytes, at + 4)] as number) ^
      (t2[byteAt(bytes, at + 5)] as number) ^
      (t1[byteAt(bytes, at + 6)] as number) ^
      (t0[byteAt(bytes, at + 7)] as number);
    at += 8;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ (t0[(crc ^ byteAt(bytes, at)) & 255] as number);
  return crc >>> 0;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}

type Eight<T> = readonly [T, T, T, T, T, T, T, T];

function makeTables(): Eight<Uint32Array> {
  const table = () => new Uint32Array(256);
  const made: Eight<Uint32Array> = [table(), table(), table(), table(), table(), table(), table(), table()];
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    made[0][byte] = crc;
  }
  for (let level = 1; level < 8; level++) {
    const above = made[level - 1] as Uint32Array;
    const here = made[level] as Uint32Array;
    for (let byte = 0; byte < 256; byte++) {
      const crc = above[byte] as number;
      here[byte] = (crc >>> 8) ^ (made[0][crc & 255] as number);
    }
  }
  return made;
}
