import { constants, createZstdCompress } from "node:zlib";
import { maxBlobBytes, zstdLevel } from "./blob.ts";

/** Room for the output of most blobs at once. */
const outputBytes = 260 * 1024;

/** Nothing reads while it is at work. */
const unread = { readableHighWaterMark: 2 * maxBlobBytes };

/**
 * Makes the zstd frames of many blobs with one context. One for each of them would leave MiBs to the garbage
 * collector with every call, which on each thread lets some ten such calls pass before it looks.
 */
export class FrameMaker {
  readonly #stream = createZstdCompress({
    ...unread,
    params: zstdLevel,
    // Whatever is written is a frame by itself, whose length is known from the start.
    flush: constants.ZSTD_e_end,
    chunkSize: outputBytes,
  });

  constructor() {
    // Reported to whoever writes.
    this.#stream.on("error", () => undefined);
  }

  /** The frame of some bytes, of which there must be one at least. To be called again only once it has resolved. */
  frame(plain: Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#stream.write(plain, (failure) => {
        if (failure) reject(failure);
        else resolve(this.#stream.read() as Buffer);
      });
    });
  }

  close(): void {
    this.#stream.destroy();
  }
}
