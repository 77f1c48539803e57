import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import type { Spent } from "./engine.ts";

const pollMs = 20;

/**
 * Runs a program to its end and tells what it took.
 * @param accept exit statuses that are no failure
 * @throws Error with what it printed
 */
export async function measured(
  argv: readonly [string, ...string[]],
  how: { cwd?: string; env?: NodeJS.ProcessEnv; accept?: readonly number[] } = {},
): Promise<Spent> {
  const [program, ...args] = argv;
  const began = performance.now();
  const child = spawn(program, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...how.env },
    ...(how.cwd === undefined ? {} : { cwd: how.cwd }),
  });
  const said = text(child.stderr);
  let peakBytes = 0;
  const poll = () => {
    const pids = [child.pid ?? 0, ...childrenOf(child.pid ?? 0)];
    peakBytes = Math.max(
      peakBytes,
      pids.reduce((sum, pid) => sum + peakOf(pid), 0),
    );
  };
  const timer = setInterval(poll, pollMs);
  try {
    const [code] = (await once(child, "exit")) as [number | null];
    const seconds = (performance.now() - began) / 1000;
    if (code === null || ![0, ...(how.accept ?? [])].includes(code)) {
      throw new Error(`${program} ${args[0] ?? ""} ended with ${code}: ${(await said).slice(-2000)}`);
    }
    return { seconds, peakBytes };
  } finally {
    clearInterval(timer);
  }
}

/** As `measured`, for a pipeline of the shell; its pieces must be the bench's own. */
export function measuredPipeline(script: string, args: readonly string[]): Promise<Spent> {
  return measured(["bash", "-c", `set -o pipefail; ${script}`, "pipeline", ...args]);
}

/** The most memory a process has held, in bytes, since it began or since `forgetPeak`. 0 once it is gone. */
export function peakOf(pid: number): number {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0;
  }
}

export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** Writes everything out and forgets what the kernel has read: each step begins alike. */
export async function coldCache(): Promise<void> {
  await measured(["sync"]);
  writeFileSync("/proc/sys/vm/drop_caches", "3");
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
