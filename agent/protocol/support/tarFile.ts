import { gzipSync } from "node:zlib";

const block = 512;

/** A text that goes into an archive. */
export interface TextFile {
  /** At most 100 bytes. */
  readonly name: string;
  readonly text: string;
}

/**
 * Files as one .tar.gz, in the format of POSIX.1-1988 (ustar), which every tar reads.
 * @param modifiedMs what they carry as their time, in milliseconds since 1970
 */
export function tarGz(files: readonly TextFile[], modifiedMs: number): Buffer {
  const parts = files.flatMap(({ name, text }) => {
    const content = Buffer.from(text, "utf8");
    const padding = Buffer.alloc((block - (content.length % block)) % block);
    return [header(name, content.length, modifiedMs), content, padding];
  });
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * block)]));
}

function header(name: string, size: number, modifiedMs: number): Buffer {
  const bytes = Buffer.alloc(block);
  if (Buffer.byteLength(name) > 100) throw new Error(`The name ${name} is too long for a tar archive.`);
  bytes.write(name, 0);
  bytes.write(octal(0o600, 7), 100);
  bytes.write(octal(0, 7), 108);
  bytes.write(octal(0, 7), 116);
  bytes.write(octal(size, 11), 124);
  bytes.write(octal(Math.floor(modifiedMs / 1000), 11), 136);
  // The checksum counts its own field as blanks.
  bytes.write(" ".repeat(8), 148);
  bytes.write("0", 156);
  bytes.write("ustar\0" + "00", 257, "latin1");
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${octal(sum, 6)}\0 `, 148, "latin1");
  return bytes;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}
