import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { say } from "./terminal.mjs";

/**
 * Runs `work` while no other process runs work under the same lock file; waits for its turn.
 *
 * The lock is held by `flock cat`, whose standard input this process holds open: however this process
 * ends, the kernel closes the pipe, cat ends and the lock is free. There is no stale lock to clean up.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  // flock is a Linux program; what is installed under a lock is only installed there.
  if (process.platform !== "linux") return work();
  mkdirSync(dirname(file), { recursive: true });
  const holder = spawn("flock", [file, "cat"], { stdio: ["pipe", "pipe", "inherit"], detached: true });
  const waiting = setTimeout(() => say(`  waiting for another process that holds ${file} …`), 2000);
  try {
    await new Promise((resolve, reject) => {
      holder.once("error", reject);
      holder.once("exit", (status) => reject(new Error(`flock ended with ${status}`)));
      holder.stdout.once("data", resolve);
      holder.stdin.write("held\n");
    });
    clearTimeout(waiting);
    return await work();
  } finally {
    clearTimeout(waiting);
    holder.stdin.end();
  }
}
