import type { Digest } from "./digest.ts";

const two32 = 2 ** 32;

/** Appends the primitives of FORMAT.md to a buffer that grows. Integers are little-endian. */
export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  /** @param room how many bytes to make room for, or a buffer to write into, which is left for another when it is too short */
  constructor(room: number | Buffer = 4096) {
    this.#buffer = typeof room === "number" ? Buffer.allocUnsafe(room) : room;
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#take(1);
    this.#buffer[at] = value;
    return this;
  }

  u32(value: number): this {
    const at = this.#take(4);
    this.#buffer.writeUInt32LE(value, at);
    return this;
  }

  /** A signed 64-bit integer within the safe range. */
  i64(value: number): this {
    const at = this.#take(8);
    const high = Math.floor(value / two32);
    this.#buffer.writeUInt32LE(value - high * two32, at);
    this.#buffer.writeInt32LE(high, at + 4);
    return this;
  }

  /** An unsigned integer within the safe range, 7 bits a byte, lowest first, in its shortest form. */
  varint(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.u8(rest);
  }

  bytes(value: Uint8Array): this {
    const at = this.#take(value.length);
    this.#buffer.set(value, at);
    return this;
  }

  /** A varint with the length, then the bytes. */
  counted(value: Uint8Array): this {
    return this.varint(value.length).bytes(value);
  }

  /** As `counted`, for a string whose characters each stand for one byte. */
  countedLatin1(value: string): this {
    this.varint(value.length);
    const at = this.#take(value.length);
    this.#buffer.write(value, at, "latin1");
    return this;
  }

  digest(value: Digest): this {
    const at = this.#take(32);
    this.#buffer.write(value, at, "hex");
    return this;
  }

  /** What was written; it shares memory with the writer, which must not be written to any more. */
  view(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** A copy of what was written. */
  finish(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }

  #take(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    return at;
  }
}
