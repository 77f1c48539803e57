import { createZstdDecompress } from "node:zlib";
/** Room for the output of several frames, and the longest that may come of one. */
export const longestFrameOutput = 1024 * 1024;

/** So much, and no more, comes of a frame that is longer than it should be before somebody reads. */
const unread = { readableHighWaterMark: 2 * longestFrameOutput };

/**
 * Decompresses many zstd frames with one context, on a thread of Node's pool. A context for each of them would leave
 * half a MiB to the garbage collector with every call.
 */
export class FrameReader {
  readonly #stream = createZstdDecompress({
    ...unread,
    chunkSize: longestFrameOutput,
  });

  constructor() {
    // Reported to whoever waits.
    this.#stream.on("error", () => undefined);
  }

  /**
   * The bytes of a frame, at most `longestFrameOutput`. To be called again only once it has resolved with some.
   * @returns null when they are not `length`; the reader is of no use then
   */
  open(frame: Uint8Array, length: number): Promise<Buffer | null> {
    const stream = this.#stream;
    return new Promise((resolve) => {
      const end = (bytes: Buffer | null) => {
        stream.off("readable", look).off("close", fail);
        if (!bytes) stream.destroy();
        resolve(bytes);
      };
      const fail = () => end(null);
      const look = () => {
        if (stream.readableLength > length) fail();
      };
      // Of a write that fails, only the end of the stream tells.
      stream.on("readable", look).on("close", fail);
      stream.write(frame, (failure) => {
        const isRight = !failure && stream.readableLength === length;
        end(isRight ? (stream.read() as Buffer) : null);
      });
    });
  }

  close(): void {
    this.#stream.destroy();
  }
}
