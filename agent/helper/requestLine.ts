import type { Readable } from "node:stream";
import { ForkpointError } from "../protocol/errors.ts";
import { HelperRequest, maxRequestBytes } from "../volumes/privileged/helperContract.ts";

const lineFeed = 0x0a;

/**
 * Reads the request from the start of `input` and leaves the rest there; null when it ends before its first byte.
 * @throws ForkpointError BAD_REQUEST
 */
export async function readRequest(input: Readable): Promise<HelperRequest | null> {
  const line = await readLine(input);
  if (line === null) return null;
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (thrown) {
    throw new ForkpointError("BAD_REQUEST", "The request is no JSON.", { cause: thrown });
  }
  const request = HelperRequest.safeParse(json);
  if (request.success) return request.data;
  const said = request.error.issues.map(({ path, message }) => `${path.join(".") || "request"}: ${message}`);
  throw new ForkpointError("BAD_REQUEST", `The request is not as the helper wants it (${said.join("; ")}).`);
}

async function readLine(input: Readable): Promise<string | null> {
  let line: Buffer = Buffer.alloc(0);
  for (;;) {
    const chunk = input.read() as Buffer | null;
    if (chunk === null) {
      if (input.readableEnded || !(await isReadable(input))) {
        if (line.length === 0) return null;
        throw new ForkpointError("BAD_REQUEST", "The request is cut off.");
      }
      continue;
    }
    const end = chunk.indexOf(lineFeed);
    line = Buffer.concat([line, end === -1 ? chunk : chunk.subarray(0, end)]);
    if (line.length >= maxRequestBytes) throw new ForkpointError("BAD_REQUEST", "The request is too long.");
    if (end === -1) continue;
    if (end + 1 < chunk.length) input.unshift(chunk.subarray(end + 1));
    return line.toString("utf8");
  }
}

/** Waits for more; false at the end. */
function isReadable(input: Readable): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (more: boolean) => {
      input.off("readable", onReadable).off("end", onEnd).off("error", reject);
      resolve(more);
    };
    const onReadable = () => settle(true);
    const onEnd = () => settle(false);
    input.on("readable", onReadable).on("end", onEnd).on("error", reject);
  });
}
