import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes into `folder`, which it makes, until its file system has room for neither data nor metadata. */
export function fillPool(folder: string): void {
  mkdirSync(folder);
  const script = "cat /dev/urandom > data";
  assertFull(spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" }).stderr);
  execFileSync("sync", ["-f", folder]);
  fillMetadata(folder);
  execFileSync("sync", ["-f", folder]);
}

/** Extended attributes lie in the metadata. */
function fillMetadata(folder: string): void {
  const value = "x".repeat(3900);
  for (let batch = 0; ; batch++) {
    const names = Array.from({ length: 200 }, (_, n) => join(folder, `attribute-${batch}-${n}`));
    try {
      for (const name of names) writeFileSync(name, "");
    } catch (thrown) {
      assertFull((thrown as Error).message);
      return;
    }
    const { status, stderr } = spawnSync("setfattr", ["-n", "user.long", "-v", value, ...names], {
      encoding: "utf8",
    });
    if (status === 0) continue;
    assertFull(stderr);
    return;
  }
}

function assertFull(message: string): void {
  if (!/no space left on device/i.test(message)) throw new Error(`The pool could not be filled: ${message}`);
}
