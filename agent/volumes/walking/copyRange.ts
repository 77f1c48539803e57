import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { invalidStream } from "../sendStream/attributes.ts";

const copyBytes = 1024 * 1024;

/** Offsets and length in bytes. */
export interface CopiedRange {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** Copies bytes of the file at `source`, which is no link, into an open one. @throws ForkpointError STREAM_INVALID */
export function copyRange(source: Buffer, target: number, { from, to, length }: CopiedRange): void {
  if (length === 0) return;
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = openSync(source, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const buffer = Buffer.alloc(Math.min(copyBytes, length));
    for (let done = 0; done < length;) {
      const count = readSync(file, buffer, 0, Math.min(buffer.length, length - done), from + done);
      if (count === 0) throw invalidStream("it copies what is not there");
      writeAll(target, buffer.subarray(0, count), to + done);
      done += count;
    }
  } finally {
    closeSync(file);
  }
}

export function writeAll(file: number, data: Uint8Array, offset: number): void {
  for (let at = 0; at < data.length;) at += writeSync(file, data, at, data.length - at, offset + at);
}
