import { Attributes, invalidStream } from "./attributes.ts";
import { commandCodes, headerBytes, streamMagic, streamVersion, type StreamCommand } from "./commands.ts";
import { crc32c } from "./crc32c.ts";

/** More than any command of version 1 needs (48 KiB of data and a path). */
const maxCommandBytes = 256 * 1024;
const prologueBytes = streamMagic.length + 4;
const zeroCrc = Buffer.alloc(4);

/**
 * Reads a send stream of version 1 as its commands, in order. Memory is bounded by the largest command.
 * Every checksum and attribute is checked, and the stream has to end with its `end` command.
 * @throws ForkpointError STREAM_INVALID; whatever `chunks` throws
 */
export async function* readSendStream(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamCommand> {
  let pending: Buffer = Buffer.alloc(0);
  let started = false;
  let ended = false;
  for await (const chunk of chunks) {
    pending = pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([pending, chunk]);
    let at = 0;
    if (!started && pending.length >= prologueBytes) {
      checkPrologue(pending);
      at = prologueBytes;
      started = true;
    }
    while (started && pending.length - at >= headerBytes) {
      if (ended) throw invalidStream("something follows its end");
      const length = pending.readUInt32LE(at);
      if (length > maxCommandBytes) throw invalidStream("a command is too long");
      const end = at + headerBytes + length;
      if (pending.length < end) break;
      const command = readCommand(pending.subarray(at, end));
      at = end;
      ended = command.kind === "end";
      yield command;
    }
    pending = pending.subarray(at);
  }
  if (!ended) throw invalidStream("it stops before its end");
  if (pending.length > 0) throw invalidStream("something follows its end");
}

function checkPrologue(bytes: Buffer): void {
  if (!bytes.subarray(0, streamMagic.length).equals(streamMagic))
    throw invalidStream("it has no btrfs header");
  const version = bytes.readUInt32LE(streamMagic.length);
  if (version !== streamVersion) throw invalidStream(`it has version ${version}`);
}

function readCommand(bytes: Buffer): StreamCommand {
  const expected = bytes.readUInt32LE(6);
  const body = bytes.subarray(headerBytes);
  if (crc32c(body, crc32c(zeroCrc, crc32c(bytes.subarray(0, 6)))) !== expected) {
    throw invalidStream("a checksum does not match");
  }
  const code = bytes.readUInt16LE(4);
  const kind = kindByCode.get(code);
  if (kind === undefined) throw invalidStream(`it has an unknown command ${code}`);
  return decode(kind, new Attributes(body));
}

const kindByCode = new Map(
  Object.entries(commandCodes).map(([kind, code]) => [code as number, kind as StreamCommand["kind"]]),
);

function decode(kind: StreamCommand["kind"], a: Attributes): StreamCommand {
  if (kind === "end") return { kind };
  const path = a.copy("path");
  switch (kind) {
    case "subvol":
      return { kind, path, uuid: a.copy("uuid"), ctransid: a.u64("ctransid") };
    case "snapshot":
      return {
        kind,
        path,
        uuid: a.copy("uuid"),
        ctransid: a.u64("ctransid"),
        cloneUuid: a.copy("cloneUuid"),
        cloneCtransid: a.u64("cloneCtransid"),
      };
    case "mkfile":
    case "mkdir":
      return { kind, path, inode: a.count("inode") };
    case "mknod":
    case "mkfifo":
    case "mksock":
      return { kind, path, inode: a.count("inode"), rdev: a.u64("rdev"), mode: a.count("mode") };
    case "symlink":
      return { kind, path, inode: a.count("inode"), target: a.copy("pathLink") };
    case "rename":
      return { kind, path, to: a.copy("pathTo") };
    case "link":
      return { kind, path, target: a.copy("pathLink") };
    case "unlink":
    case "rmdir":
      return { kind, path };
    case "setXattr":
      return { kind, path, name: a.copy("xattrName"), data: a.copy("xattrData") };
    case "removeXattr":
      return { kind, path, name: a.copy("xattrName") };
    case "write":
      return { kind, path, offset: a.count("fileOffset"), data: a.copy("data") };
    case "clone":
      return {
        kind,
        path,
        offset: a.count("fileOffset"),
        length: a.count("cloneLength"),
        cloneUuid: a.copy("cloneUuid"),
        cloneCtransid: a.u64("cloneCtransid"),
        clonePath: a.copy("clonePath"),
        cloneOffset: a.count("cloneOffset"),
      };
    case "truncate":
      return { kind, path, size: a.count("size") };
    case "chmod":
      return { kind, path, mode: a.count("mode") };
    case "chown":
      return { kind, path, uid: a.count("uid"), gid: a.count("gid") };
    case "utimes":
      return { kind, path, atime: a.time("atime"), mtime: a.time("mtime"), ctime: a.time("ctime") };
    case "updateExtent":
      return { kind, path, offset: a.count("fileOffset"), length: a.count("size") };
  }
}
