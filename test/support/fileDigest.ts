import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const blockSize = 1024 * 1024;
const block = Buffer.allocUnsafe(blockSize);
const zeros = Buffer.alloc(blockSize);
/** A file from this size on may be gigabytes of nothing, which would take seconds to digest. */
const largeSize = 64 * blockSize;

/**
 * A digest of what a file holds, whether its zeros lie on the disk or are a hole: as `b2sum` gives it, but of a large
 * file only its length counts and the blocks that hold something, each with its number.
 */
export function fileDigest(path: Buffer): string {
  const hash = createHash("blake2b512");
  const file = openSync(path, "r");
  try {
    const { size, blocks } = fstatSync(file);
    const isLarge = size >= largeSize;
    const isSparse = isLarge && blocks * 512 < size / 2;
    if (isLarge) hash.update(`${size}:`);
    let nth = 0;
    for (const [from, to] of isSparse ? dataRanges(file) : [[0, size] as const]) {
      for (nth = Math.max(nth, Math.floor(from / blockSize)); nth * blockSize < to; nth++) {
        const count = readSync(file, block, 0, blockSize, nth * blockSize);
        const bytes = block.subarray(0, count);
        if (isLarge && bytes.equals(zeros.subarray(0, count))) continue;
        if (isLarge) hash.update(`${nth}:`);
        hash.update(bytes);
      }
    }
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}

/** Where the open file is no hole, by lseek's SEEK_DATA and SEEK_HOLE, which Node has not. */
function dataRanges(file: number): [from: number, to: number][] {
  const script = `
    for (my $to = 0; defined(my $from = sysseek STDIN, $to, 3);) {
      $to = sysseek STDIN, $from, 4;
      printf "%d %d\\n", $from, $to;
    }`;
  const lines = execFileSync("perl", ["-e", script], { encoding: "utf8", stdio: [file, "pipe", "inherit"] });
  return lines
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [from, to] = line.split(" ").map(Number);
      return [from ?? 0, to ?? 0];
    });
}
