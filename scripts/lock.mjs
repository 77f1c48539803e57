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
 * @param {() => Error} [busy] what to throw, instead of waiting, when another process has the lock
 * @returns {Promise<T>}
 */
export async function withLock(file, work, busy) {
  // flock is a Linux program; what is installed under a lock is only installed there.
  if (process.platform !== "linux") return work();
  mkdirSync(dirname(file), { recursive: true });
  const args = [...(busy ? ["--nonblock", "--conflict-exit-code", "75"] : []), file, "cat"];
  // Detached, so that Ctrl-C does not free the lock before the work has ended.
  const holder = spawn("flock", args, { stdio: ["pipe", "pipe", "inherit"], detached: true });
  const waiting = setTimeout(() => say(`  waiting for another process that holds ${file} …`), 2000);
  try {
    await new Promise((resolve, reject) => {
      holder.once("error", reject);
      holder.once("exit", (status) => {
        reject(busy && status === 75 ? busy() : new Error(`flock ended with ${status}`));
      });
      // A holder that is gone before it reads says why by its exit status.
      holder.stdin.on("error", () => undefined);
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
