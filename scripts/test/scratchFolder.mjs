import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask } from "../programs.mjs";
import { isRoot } from "../sudo.mjs";

const neededBytes = 16 * 2 ** 30;
/** As large as a disk, since pools want room that they never fill: the tests write some GiB at most. */
const size = "40g";

/**
 * Makes the folder in which all files of a run of the tests lie, passable for everybody: the programs that tests run
 * as other users pass through it; what it holds they see only where a test lets them.
 *
 * It is in memory where there is plenty: most of what the tests wait for is a disk that confirms each write, which
 * none of them is about. Where a TMPDIR is given, it is there.
 * @returns {{folder: string, id: string}} its path, and a word of its own
 */
export function makeScratchFolder() {
  const id = randomBytes(4).toString("hex");
  const folder = join(realpathSync(tmpdir()), `forkpoint-${id}`);
  mkdirSync(folder, { mode: 0o711 });
  if (isRoot && !process.env["TMPDIR"] && availableBytes() >= neededBytes) {
    ask("mount", ["-t", "tmpfs", "-o", `size=${size},mode=711`, "forkpoint-tests", folder]);
  }
  return { folder, id };
}

/** Removes the folder, below which nothing is mounted any more. @param {string} folder */
export function removeScratchFolder(folder) {
  // Fails where it is on the disk.
  ask("umount", ["--lazy", folder]);
  rmSync(folder, { recursive: true, force: true });
}

function availableBytes() {
  const [, kib = "0"] = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8")) ?? [];
  return Number(kib) * 1024;
}
