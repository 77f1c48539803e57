import {
  attributeCodes,
  commandCodes,
  headerBytes,
  streamMagic,
  streamVersion,
  type Attribute,
  type StreamCommand,
  type Timespec,
} from "./commands.ts";
import { crc32c } from "./crc32c.ts";

/** The most bytes one `write` command may carry; its attribute's length has 16 bits. */
export const maxWriteBytes = 48 * 1024;

/** No command is as long: its attributes have 64 KiB each at most. */
const batchBytes = 1024 * 1024;

/** Writes commands as a send stream of version 1; a write of too many bytes becomes several. */
export async function* encodeSendStream(
  commands: AsyncIterable<StreamCommand> | Iterable<StreamCommand>,
): AsyncGenerator<Buffer> {
  const encoder = new SendStreamEncoder();
  for await (const command of commands) yield* encoder.add(command);
  const rest = encoder.take();
  if (rest) yield rest;
}

/** Puts a stream together, in buffers of up to 1 MiB that become the caller's. */
export class SendStreamEncoder {
  #batch = Buffer.allocUnsafeSlow(batchBytes);
  #size: number;

  constructor() {
    const size = streamMagic.copy(this.#batch);
    this.#size = this.#batch.writeUInt32LE(streamVersion, size);
  }

  /** Takes a command, and gives the buffers that are full by now. Of its own bytes nothing is used any more then. */
  *add(command: StreamCommand): Generator<Buffer> {
    if (command.kind !== "write" || command.data.length <= maxWriteBytes) {
      yield* this.#put(command);
      return;
    }
    const { data, offset } = command;
    for (let at = 0; at < data.length; at += maxWriteBytes) {
      yield* this.#put({ ...command, offset: offset + at, data: data.subarray(at, at + maxWriteBytes) });
    }
  }

  /** What was not given yet; null when that is nothing. */
  take(): Buffer | null {
    if (this.#size === 0) return null;
    const taken = this.#batch.subarray(0, this.#size);
    this.#batch = Buffer.allocUnsafeSlow(batchBytes);
    this.#size = 0;
    return taken;
  }

  *#put(command: StreamCommand): Generator<Buffer> {
    const attributes = attributesOf(command);
    const length = lengthOf(attributes);
    const full = this.#size + length > batchBytes ? this.take() : null;
    if (full) yield full;
    encodeInto(this.#batch.subarray(this.#size, this.#size + length), command, attributes);
    this.#size += length;
  }
}

export function encodeCommand(command: StreamCommand): Buffer {
  const attributes = attributesOf(command);
  const bytes = Buffer.alloc(lengthOf(attributes));
  encodeInto(bytes, command, attributes);
  return bytes;
}

function lengthOf(attributes: readonly Encoded[]): number {
  return attributes.reduce((sum, [, value]) => sum + 4 + value.length, headerBytes);
}

/** @param bytes as many as the command takes */
function encodeInto(bytes: Buffer, command: StreamCommand, attributes: readonly Encoded[]): void {
  bytes.writeUInt32LE(bytes.length - headerBytes, 0);
  bytes.writeUInt16LE(commandCodes[command.kind], 4);
  bytes.writeUInt32LE(0, 6);
  let at = headerBytes;
  for (const [name, value] of attributes) {
    if (value.length > 0xffff) throw new RangeError(`The attribute ${name} is too long for a send stream.`);
    bytes.writeUInt16LE(attributeCodes[name], at);
    bytes.writeUInt16LE(value.length, at + 2);
    bytes.set(value, at + 4);
    at += 4 + value.length;
  }
  // The checksum covers the whole command with its own field zero.
  bytes.writeUInt32LE(crc32c(bytes), 6);
}

type Encoded = readonly [Attribute, Uint8Array];

function attributesOf(c: StreamCommand): Encoded[] {
  if (c.kind === "end") return [];
  const path: Encoded = ["path", c.path];
  switch (c.kind) {
    case "subvol":
      return [path, ["uuid", c.uuid], ["ctransid", u64(c.ctransid)]];
    case "snapshot":
      return [
        path,
        ["uuid", c.uuid],
        ["ctransid", u64(c.ctransid)],
        ["cloneUuid", c.cloneUuid],
        ["cloneCtransid", u64(c.cloneCtransid)],
      ];
    case "mkfile":
    case "mkdir":
      return [path, ["inode", u64(c.inode)]];
    case "mknod":
    case "mkfifo":
    case "mksock":
      return [path, ["inode", u64(c.inode)], ["rdev", u64(c.rdev)], ["mode", u64(c.mode)]];
    case "symlink":
      return [path, ["inode", u64(c.inode)], ["pathLink", c.target]];
    case "rename":
      return [path, ["pathTo", c.to]];
    case "link":
      return [path, ["pathLink", c.target]];
    case "unlink":
    case "rmdir":
      return [path];
    case "setXattr":
      return [path, ["xattrName", c.name], ["xattrData", c.data]];
    case "removeXattr":
      return [path, ["xattrName", c.name]];
    case "write":
      return [path, ["fileOffset", u64(c.offset)], ["data", c.data]];
    case "clone":
      return [
        path,
        ["fileOffset", u64(c.offset)],
        ["cloneLength", u64(c.length)],
        ["cloneUuid", c.cloneUuid],
        ["cloneCtransid", u64(c.cloneCtransid)],
        ["clonePath", c.clonePath],
        ["cloneOffset", u64(c.cloneOffset)],
      ];
    case "truncate":
      return [path, ["size", u64(c.size)]];
    case "chmod":
      return [path, ["mode", u64(c.mode)]];
    case "chown":
      return [path, ["uid", u64(c.uid)], ["gid", u64(c.gid)]];
    case "utimes":
      return [path, ["atime", time(c.atime)], ["mtime", time(c.mtime)], ["ctime", time(c.ctime)]];
    case "updateExtent":
      return [path, ["fileOffset", u64(c.offset)], ["size", u64(c.length)]];
  }
}

function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function time(value: Timespec): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeBigInt64LE(BigInt(value.seconds));
  bytes.writeUInt32LE(value.nanoseconds, 8);
  return bytes;
}
