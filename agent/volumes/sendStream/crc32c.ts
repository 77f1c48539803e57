/** Reflected polynomial of CRC-32C (Castagnoli). */
const polynomial = 0x82f63b78;

/** Sixteen tables one after the other, for sixteen bytes at a step ("slicing by 8", Kounavis and Berry, 2005, twice as wide). */
const table = makeTables(16);

/**
 * CRC-32C as btrfs send uses it: no inversion of the start value or of the result, so that a checksum
 * can be continued by passing it as `seed`.
 */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = seed | 0;
  let at = 0;
  for (const end = bytes.length & ~15; at < end; at += 16) {
    const a = crc ^ view.getInt32(at, true);
    const b = view.getInt32(at + 4, true);
    const c = view.getInt32(at + 8, true);
    const d = view.getInt32(at + 12, true);
    crc = word(15, 14, 13, 12, a) ^ word(11, 10, 9, 8, b) ^ word(7, 6, 5, 4, c) ^ word(3, 2, 1, 0, d);
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ entry(0, crc ^ view.getUint8(at));
  return crc >>> 0;
}

/** What four bytes add, each by the table of its distance from the end of the step. */
function word(t0: number, t1: number, t2: number, t3: number, value: number): number {
  return entry(t0, value) ^ entry(t1, value >>> 8) ^ entry(t2, value >>> 16) ^ entry(t3, value >>> 24);
}

function entry(level: number, byte: number): number {
  return table[(level << 8) | (byte & 255)] as number;
}

function makeTables(levels: number): Int32Array {
  const made = new Int32Array(levels * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    made[byte] = crc;
  }
  for (let at = 256; at < made.length; at++) {
    const above = made[at - 256] as number;
    made[at] = (above >>> 8) ^ (made[above & 255] as number);
  }
  return made;
}
