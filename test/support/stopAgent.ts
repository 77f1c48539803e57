import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const patienceMs = 15_000;

/**
 * Ends the agent of a home, if one runs, and waits until its process is gone. One that does not end when
 * it is asked to is killed, and reported as an error.
 */
export async function stopAgent(home: string): Promise<void> {
  const file = join(home, "agent.json");
  if (!existsSync(file)) return;
  const { pid } = JSON.parse(readFileSync(file, "utf8")) as { pid: number };
  const limit = performance.now() + patienceMs;
  send(pid, "SIGTERM");
  while (isAlive(pid)) {
    if (performance.now() > limit) {
      send(pid, "SIGKILL");
      throw new Error(`The agent ${pid} did not end within ${patienceMs} ms; killed.`);
    }
    await pause(50);
  }
}

/** A zombie counts as gone: it only waits for its parent. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
  }
}
