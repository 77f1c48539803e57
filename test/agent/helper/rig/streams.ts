import { buffer } from "node:stream/consumers";
import type { StreamCommand } from "../../../../agent/volumes/sendStream/commands.ts";
import { encodeSendStream } from "../../../../agent/volumes/sendStream/writer.ts";

export const uuid = Buffer.alloc(16, 7);
export const bytes = (text: string): Buffer => Buffer.from(text);

/** The command that begins a stream for a volume of this name. */
export function subvol(name = "got"): StreamCommand {
  return { kind: "subvol", path: bytes(name), uuid, ctransid: 1n };
}

/** A stream of these commands between a beginning and an end. */
export function streamOf(...commands: StreamCommand[]): Promise<Buffer> {
  return rawStream(subvol(), ...commands, { kind: "end" });
}

export function rawStream(...commands: StreamCommand[]): Promise<Buffer> {
  return buffer(encodeSendStream(commands));
}

export function file(path: string, content = "content"): StreamCommand[] {
  return [
    { kind: "mkfile", path: bytes(path), inode: 300 },
    { kind: "write", path: bytes(path), offset: 0, data: bytes(content) },
  ];
}
