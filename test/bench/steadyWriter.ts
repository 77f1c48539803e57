import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

/*
 * Writes 4 KiB after 4 KiB into files of a folder, as fast as it can. Asked by a message, it answers how long the longest write
 * took since it was asked last, in milliseconds.
 */
const [folder = "."] = process.argv.slice(2);
const block = Buffer.alloc(4096, "x");
const files = 20;
const blocks = 1000;
const batch = 64;

const open = Array.from({ length: files }, (_, number) => openSync(join(folder, `written-${number}`), "w"));
let longest = 0;
let written = 0;

process.on("message", () => {
  process.send?.(longest);
  longest = 0;
});
process.on("disconnect", () => {
  for (const file of open) closeSync(file);
  process.exit(0);
});
function write(): void {
  for (let number = 0; number < batch; number++) {
    const began = performance.now();
    writeSync(
      open[written % files] ?? 0,
      block,
      0,
      block.length,
      (Math.floor(written / files) % blocks) * 4096,
    );
    written++;
    longest = Math.max(longest, performance.now() - began);
  }
  setImmediate(write);
}
write();
