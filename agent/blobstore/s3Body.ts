import { Readable } from "node:stream";
import { type Pace, pieceBytes } from "./blobStore.ts";
import type { Patience } from "./patience.ts";

/** The whole body, or a failure: a connection that was cut never gives a shorter object. */
export async function readBody(
  body: Readable,
  length: number | undefined,
  { signal, patience, pace }: { signal: AbortSignal; patience: Patience; pace?: Pace | undefined },
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const stop = () => body.destroy(new Error("Nobody waits for it any more."));
  const stopped = AbortSignal.any([signal, patience.signal]);
  stopped.addEventListener("abort", stop, { once: true });
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      // That nothing comes while nothing is read is not the server's doing.
      if (pace) patience.end();
      await pace?.(chunk.length);
      patience.wait();
    }
  } finally {
    stopped.removeEventListener("abort", stop);
  }
  const bytes = Buffer.concat(chunks);
  if (length !== undefined && bytes.length !== length) {
    throw Object.assign(new Error("The body is shorter than announced."), { code: "ECONNRESET" });
  }
  return bytes;
}

/**
 * The bytes as a stream that is sent piece by piece, at the caller's pace.
 * @param waitMs how long the server may take with a piece, beyond its usual silence
 */
export function pacedBody(bytes: Uint8Array, pace: Pace, patience: Patience, waitMs: number): Readable {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      patience.end();
      await pace(piece.length);
      patience.wait(waitMs);
      yield piece;
    }
  }
  const body = Readable.from(pieces(), { objectMode: false, highWaterMark: pieceBytes });
  // Whoever sends it learns of a cancellation by the signal.
  body.on("error", () => undefined);
  return body;
}
