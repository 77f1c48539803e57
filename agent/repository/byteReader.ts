import type { ForkpointError } from "../protocol/errors.ts";
import { damaged, digestBytes, type Digest } from "./digest.ts";

/**
 * Reads what ByteWriter wrote. Never reads past the end, and accepts one encoding of each value only.
 * @throws ForkpointError OBJECT_DAMAGED, naming the object that is read
 */
export class ByteReader {
  readonly #buffer: Buffer;
  readonly #object: string;
  #at = 0;

  constructor(bytes: Uint8Array, object: string) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#object = object;
  }

  get remaining(): number {
    return this.#buffer.length - this.#at;
  }

  u8(): number {
    return this.#buffer.readUInt8(this.#take(1));
  }

  u32(): number {
    return this.#buffer.readUInt32LE(this.#take(4));
  }

  i64(): number {
    const at = this.#take(8);
    const value = this.#buffer.readInt32LE(at + 4) * 2 ** 32 + this.#buffer.readUInt32LE(at);
    if (!Number.isSafeInteger(value)) throw this.damaged("a number is out of range");
    return value;
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (!Number.isSafeInteger(value)) throw this.damaged("a number is out of range");
      if (byte < 0x80) {
        if (byte === 0 && factor > 1) throw this.damaged("a number is not in its shortest form");
        return value;
      }
      factor *= 0x80;
    }
  }

  /** A varint that counts items of at least `itemBytes` each, so a forged count cannot exhaust memory. */
  count(itemBytes: number): number {
    const value = this.varint();
    if (value * itemBytes > this.remaining) throw this.damaged("it ends too early");
    return value;
  }

  /** A view; it shares memory with what is read. */
  bytes(length: number): Buffer {
    const at = this.#take(length);
    return this.#buffer.subarray(at, at + length);
  }

  counted(): Buffer {
    return this.bytes(this.count(1));
  }

  countedLatin1(): string {
    const length = this.count(1);
    const at = this.#take(length);
    return this.#buffer.toString("latin1", at, at + length);
  }

  digest(): Digest {
    const at = this.#take(digestBytes);
    return this.#buffer.toString("hex", at, at + digestBytes);
  }

  end(): void {
    if (this.remaining > 0) throw this.damaged("bytes follow its end");
  }

  damaged(why: string): ForkpointError {
    return damaged(this.#object, why);
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.#buffer.length - at) throw this.damaged("it ends too early");
    this.#at = at + count;
    return at;
  }
}
