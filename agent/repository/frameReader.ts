import { createZstdDecompress } from "node:zlib";
import { freeBuffer } from "../host/freeBuffer.ts";

/** What comes of a frame at once. */
const pieceBytes = 512 * 1024;

const reading = {
  // Pieces, of which no more than these come of a frame that is longer than it should be before somebody reads.
  readableObjectMode: true,
  readableHighWaterMark: 2,
};

/**
 * Decompresses many zstd frames with one context, on a thread of Node's pool. A context for each of them would leave
 * half a MiB to the garbage collector with every call.
 */
export class FrameReader {
  readonly #stream = createZstdDecompress({ ...reading, chunkSize: pieceBytes });
  /** The last that came. What comes next may lie in the same buffer, behind it. */
  #piece: Buffer | null = null;

  constructor() {
    // Reported to whoever waits.
    this.#stream.on("error", () => undefined);
  }

  /**
   * The bytes of a frame, in memory of their own. To be called again only once it has resolved with some.
   * @returns null when they are not `length`; the reader is of no use then
   */
  open(frame: Uint8Array, length: number): Promise<Buffer | null> {
    const stream = this.#stream;
    const bytes = Buffer.allocUnsafeSlow(length);
    let taken = 0;
    return new Promise((resolve) => {
      const end = (isWhole: boolean) => {
        stream.off("readable", take).off("close", fail);
        if (!isWhole) stream.destroy();
        resolve(isWhole ? bytes : null);
      };
      const fail = () => end(false);
      const take = () => {
        for (let piece = this.#next(); piece; piece = this.#next()) {
          if (taken + piece.length > length) {
            fail();
            return;
          }
          bytes.set(piece, taken);
          taken += piece.length;
        }
      };
      // Of a write that fails, only the end of the stream tells.
      stream.on("readable", take).on("close", fail);
      stream.write(frame, (failure) => {
        if (!failure) take();
        end(!failure && taken === length);
      });
    });
  }

  close(): void {
    this.#stream.destroy();
  }

  #next(): Buffer | null {
    const piece = this.#stream.read() as Buffer | null;
    // It goes on to another buffer only once the one before is full.
    if (piece && this.#piece && this.#piece.buffer !== piece.buffer) freeBuffer(this.#piece);
    this.#piece = piece ?? this.#piece;
    return piece;
  }
}
