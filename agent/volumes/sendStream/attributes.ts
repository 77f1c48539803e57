import { ForkpointError } from "../../protocol/errors.ts";
import { attributeCodes, type Attribute, type Timespec } from "./commands.ts";

export function invalidStream(why: string): ForkpointError {
  return new ForkpointError("STREAM_INVALID", `The send stream is damaged: ${why}.`);
}

/** The attributes of one command, read where they lie; a missing or short one is an error. */
export class Attributes {
  readonly #values = new Map<number, Buffer>();

  constructor(body: Buffer) {
    for (let at = 0; at < body.length;) {
      if (at + 4 > body.length) throw invalidStream("an attribute is cut off");
      const type = body.readUInt16LE(at);
      const end = at + 4 + body.readUInt16LE(at + 2);
      if (end > body.length) throw invalidStream("an attribute is longer than its command");
      this.#values.set(type, body.subarray(at + 4, end));
      at = end;
    }
  }

  bytes(name: Attribute): Buffer {
    const value = this.#values.get(attributeCodes[name]);
    if (value === undefined) throw invalidStream(`the attribute ${name} is missing`);
    return value;
  }

  /** A copy, since the stream's buffer is reused for the next command. */
  copy(name: Attribute): Buffer {
    return Buffer.from(this.bytes(name));
  }

  u64(name: Attribute): bigint {
    return this.#sized(name, 8).readBigUInt64LE(0);
  }

  /** A 64-bit value that has to fit a JavaScript number. */
  count(name: Attribute): number {
    const value = Number(this.u64(name));
    if (!Number.isSafeInteger(value)) throw invalidStream(`the attribute ${name} is out of range`);
    return value;
  }

  time(name: Attribute): Timespec {
    const value = this.#sized(name, 12);
    const seconds = Number(value.readBigInt64LE(0));
    const nanoseconds = value.readUInt32LE(8);
    if (!Number.isSafeInteger(seconds) || nanoseconds >= 1e9) {
      throw invalidStream(`the attribute ${name} is no time`);
    }
    return { seconds, nanoseconds };
  }

  #sized(name: Attribute, length: number): Buffer {
    const value = this.bytes(name);
    if (value.length !== length) throw invalidStream(`the attribute ${name} has a wrong length`);
    return value;
  }
}
