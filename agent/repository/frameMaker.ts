import { constants, createZstdCompress } from "node:zlib";
import { maxBlobBytes, zstdLevel } from "./blob.ts";
import { freeBuffer } from "../host/freeBuffer.ts";

/** Room for the output of most blobs at once. */
const outputBytes = 260 * 1024;

const reading = {
  // Nothing reads while it is at work.
  readableHighWaterMark: 2 * maxBlobBytes,
  // What it puts out is read piece by piece, and not joined once more.
  readableObjectMode: true,
};

/**
 * Makes the zstd frames of many blobs with one context. One for each of them would leave MiBs to the garbage
 * collector with every call, which on each thread lets some ten such calls pass before it looks.
 */
export class FrameMaker {
  readonly #stream = createZstdCompress({
    ...reading,
    params: zstdLevel,
    // Whatever is written is a frame by itself, whose length is known from the start.
    flush: constants.ZSTD_e_end,
    chunkSize: outputBytes,
  });
  /** Where the frame is put together. */
  #room = Buffer.allocUnsafeSlow(outputBytes);
  /** The last that came. What comes next may lie in the same buffer, behind it. */
  #piece: Buffer | null = null;

  constructor() {
    // Reported to whoever writes.
    this.#stream.on("error", () => undefined);
  }

  /**
   * The frame of some bytes, of which there must be one at least. To be called again only once it has resolved, and
   * nobody uses the frame any more.
   */
  frame(plain: Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#stream.write(plain, (failure) => {
        if (failure) reject(failure);
        else resolve(this.#take());
      });
    });
  }

  close(): void {
    this.#stream.destroy();
  }

  #take(): Buffer {
    let length = 0;
    for (;;) {
      const piece = this.#stream.read() as Buffer | null;
      if (!piece) return this.#room.subarray(0, length);
      if (length + piece.length > this.#room.length) this.#grow(length + piece.length);
      this.#room.set(piece, length);
      length += piece.length;
      // It goes on to another buffer only once the one before is full.
      if (this.#piece && this.#piece.buffer !== piece.buffer) freeBuffer(this.#piece);
      this.#piece = piece;
    }
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(least, this.#room.length * 2));
    larger.set(this.#room);
    freeBuffer(this.#room);
    this.#room = larger;
  }
}
