import { constants, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { joinBytes } from "../bytePaths.ts";
import type { StreamCommand } from "../sendStream/commands.ts";
import { SendStreamEncoder } from "../sendStream/writer.ts";
import { subvolumeName } from "../walking/receiveByHand.ts";
import { ReceivedPaths } from "../walking/receivedPaths.ts";

/** So much of a file goes through the stream; the rest, if there is any, goes past it. */
const streamedBytes = 1024 * 1024;
/** Of what goes past it, so much at a time is sent on to the disk, instead of all in the end. */
const flushBytes = 64 * 1024 * 1024;
const pollMs = 1;

type Write = StreamCommand & { readonly kind: "write" };

/**
 * The stream for a `btrfs receive` into `directory`, but for the bulk of large files, which is written into what that
 * has made of them. A file's bytes are there before the stream says what its times are, as if they had come in it.
 * Through a stream they would be copied, summed up and copied again on both sides of a pipe: most of the work of a pull.
 */
export async function* streamPastBulk(
  commands: AsyncIterable<StreamCommand>,
  directory: string,
  { isAtWork, signal }: { readonly isAtWork: () => boolean; readonly signal: AbortSignal },
): AsyncGenerator<Buffer> {
  const encoder = new SendStreamEncoder();
  let root: string | null = null;
  let file: LargeFile | null = null;
  try {
    for await (const command of commands) {
      // While bytes go past it, the stream itself would not notice.
      signal.throwIfAborted();
      if (command.kind === "subvol") root = join(directory, subvolumeName(command.path));
      if (command.kind !== "write" || !file?.goesOnWith(command)) {
        await file?.close();
        file = command.kind === "write" && root !== null ? new LargeFile(root, command.path) : null;
      }
      if (file && command.kind === "write" && file.streamed >= streamedBytes) {
        const before = encoder.take();
        if (before) yield before;
        // It says itself why it has stopped.
        if (!isAtWork() || !(await file.isMade(isAtWork, signal))) return;
        await file.write(command);
        continue;
      }
      if (command.kind === "write") file?.stream(command);
      yield* encoder.add(command);
    }
  } finally {
    await file?.close();
  }
  const rest = encoder.take();
  if (rest) yield rest;
}

/** A file whose bytes come one after the other. */
class LargeFile {
  /** How much went through the stream. */
  streamed = 0;
  readonly #root: string;
  readonly #path: Buffer;
  #end = 0;
  #handle: FileHandle | null = null;
  #unflushed = 0;
  #flushing: Promise<void> | null = null;

  constructor(root: string, path: Buffer) {
    this.#root = root;
    this.#path = path;
  }

  goesOnWith({ path, offset }: Write): boolean {
    return this.#path.equals(path) && offset >= this.#end;
  }

  stream({ offset, data }: Write): void {
    this.streamed += data.length;
    this.#end = offset + data.length;
  }

  /** Waits until all that was streamed is in the file; false when that will not be. */
  async isMade(isAtWork: () => boolean, signal: AbortSignal): Promise<boolean> {
    const place = joinBytes(Buffer.from(this.#root), this.#path);
    while (!this.#handle) {
      signal.throwIfAborted();
      // Asked before: what it has made, it has made.
      const goesOn = isAtWork();
      const found = statSync(place, { throwIfNoEntry: false });
      if (found && found.size >= this.#end) {
        const { O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
        const checked = new ReceivedPaths(this.#root).inner(this.#path);
        this.#handle = await open(checked, O_WRONLY | O_NOFOLLOW | O_NONBLOCK);
      } else if (!goesOn) return false;
      else await pause(pollMs);
    }
    return true;
  }

  async write({ offset, data }: Write): Promise<void> {
    if (!this.#handle) throw new Error("The file is not open.");
    for (let at = 0; at < data.length;) {
      at += (await this.#handle.write(data, at, data.length - at, offset + at)).bytesWritten;
    }
    this.#end = offset + data.length;
    this.#unflushed += data.length;
    if (this.#unflushed < flushBytes) return;
    await this.#flushing;
    this.#unflushed = 0;
    this.#flushing = this.#handle.datasync();
    // Reported where it is awaited.
    this.#flushing.catch(() => undefined);
  }

  async close(): Promise<void> {
    try {
      await this.#flushing;
    } finally {
      await this.#handle?.close();
    }
  }
}
