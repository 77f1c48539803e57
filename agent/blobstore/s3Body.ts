import type { Readable } from "node:stream";
import type { Patience } from "./patience.ts";

/** The whole body, or a failure: a connection that was cut never gives a shorter object. */
export async function readBody(
  body: Readable,
  length: number | undefined,
  { signal, patience }: { signal: AbortSignal; patience: Patience },
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const stop = () => body.destroy(new Error("Nobody waits for it any more."));
  const stopped = AbortSignal.any([signal, patience.signal]);
  stopped.addEventListener("abort", stop, { once: true });
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      patience.wait();
    }
  } finally {
    stopped.removeEventListener("abort", stop);
  }
  const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  if (length !== undefined && bytes.length !== length) {
    throw Object.assign(new Error("The body is shorter than announced."), { code: "ECONNRESET" });
  }
  return bytes;
}
