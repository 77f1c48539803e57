import { ForkpointError } from "./errors.ts";

const backslash = 0x5c;

/**
 * Writes the bytes of a path so that a person can read them and `decodeVolumePath` gives them back:
 * valid UTF-8 stays as it is, a backslash becomes \\, every other byte \xNN.
 */
export function encodeVolumePath(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  if (Buffer.from(text, "utf8").equals(bytes)) return text.replaceAll("\\", "\\\\");
  let out = "";
  for (let at = 0; at < bytes.length;) {
    const length = utf8Length(bytes, at);
    const byte = bytes[at] as number;
    if (length === 0) out += `\\x${byte.toString(16).padStart(2, "0")}`;
    else if (byte === backslash) out += "\\\\";
    else out += bytes.toString("utf8", at, at + length);
    at += Math.max(length, 1);
  }
  return out;
}

/**
 * The bytes of a path inside a volume. Refuses what would leave it: absolute paths, `..`, empty parts
 * and NUL bytes. A trailing slash and a leading `./` are accepted and dropped.
 * @throws ForkpointError PATH_OUTSIDE_VOLUME
 */
export function decodeVolumePath(text: string): Buffer {
  const refuse = (why: string) =>
    new ForkpointError("PATH_OUTSIDE_VOLUME", `The path ${JSON.stringify(text)} ${why}.`);
  if (text.startsWith("/")) throw refuse("is absolute");
  if (text.includes("\0")) throw refuse("holds a NUL byte");
  const parts: Buffer[] = [];
  const pattern = /\\x([0-9a-fA-F]{2})|\\\\|\\/g;
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    parts.push(Buffer.from(text.slice(last, match.index), "utf8"));
    const hex = match[1];
    if (hex !== undefined) parts.push(Buffer.from(hex, "hex"));
    else if (match[0] === "\\\\") parts.push(Buffer.from("\\"));
    else throw refuse("has a backslash that stands alone; write it twice");
    last = match.index + match[0].length;
  }
  parts.push(Buffer.from(text.slice(last), "utf8"));
  let bytes = Buffer.concat(parts);
  while (bytes.length > 2 && bytes.subarray(0, 2).equals(Buffer.from("./"))) bytes = bytes.subarray(2);
  while (bytes.length > 1 && bytes.at(-1) === 0x2f) bytes = bytes.subarray(0, -1);
  for (const part of splitBytes(bytes)) {
    const name = part.toString("latin1");
    if (name === "" || name === "." || name === "..") throw refuse("leaves the workspace");
    if (name.includes("\0")) throw refuse("holds a NUL byte");
  }
  return bytes;
}

function splitBytes(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let at = bytes.indexOf(0x2f); at !== -1; at = bytes.indexOf(0x2f, start)) {
    parts.push(bytes.subarray(start, at));
    start = at + 1;
  }
  parts.push(bytes.subarray(start));
  return parts;
}

/** The length in bytes of the well-formed UTF-8 character at `at`, or 0 when there is none. */
function utf8Length(bytes: Buffer, at: number): number {
  const first = bytes[at] as number;
  const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const part = bytes.subarray(at, at + length);
  return Buffer.from(part.toString("utf8"), "utf8").equals(part) ? length : 0;
}
