import { isUtf8 } from "node:buffer";

/** As much as git looks at. */
const lookedAtBytes = 8000;

/** Whether the bytes that a file begins with are not those of a text in UTF-8. */
export function looksBinary(bytes: Buffer): boolean {
  const head = bytes.subarray(0, lookedAtBytes);
  if (head.includes(0)) return true;
  // The last character may be cut.
  return ![0, 1, 2, 3].some((cut) => isUtf8(head.subarray(0, Math.max(0, head.length - cut))));
}
