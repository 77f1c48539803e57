import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { freeBuffer } from "./freeBuffer.ts";

/**
 * Writes buffers into a program's input and ends it; each is given back once it is written, so nobody else may use it.
 * While one is written, the next is being made.
 * @throws what `buffers` throws; what the input fails with, for which see `isBrokenPipe`; AbortError
 */
export async function feedProgram(
  input: Writable,
  buffers: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const freeing = new Writable({
    write(buffer: Buffer, _encoding, done) {
      input.write(buffer, (failure) => {
        freeBuffer(buffer);
        done(failure);
      });
    },
    final: (done) => void input.end(done),
    destroy(failure, done) {
      input.destroy();
      done(failure);
    },
  });
  // Whoever writes is told as well.
  input.on("error", (failure) => freeing.destroy(failure));
  await pipeline(Readable.from(buffers, { objectMode: false }), freeing, signal ? { signal } : {});
}

/** A socket is reset where what it was sent was not read. */
const brokenPipes = new Set<string | undefined>([
  ...["EPIPE", "ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED"],
]);

/** Whether it only means that the program reads no more; why, says its own end. */
export function isBrokenPipe(thrown: unknown): boolean {
  return brokenPipes.has((thrown as NodeJS.ErrnoException | null)?.code);
}
