import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Reading } from "./timings.ts";

/** Snapshots are measured after a rest of ten seconds, and memory is given back another ten after that. */
const settleMs = 40_000;
const watchMs = 30_000;
const ticksPerSecond = 100;

/** What an agent with an open project takes while nobody asks for anything. */
export async function readIdleAgent(pid: number, when: string, files: number | null): Promise<Reading[]> {
  await pause(settleMs);
  const before = cpuSeconds(pid);
  await pause(watchMs);
  const seconds = cpuSeconds(pid) - before;
  return [
    { what: `memory, idle ${when}`, files, value: statusMb(pid, "VmRSS"), unit: "MB" },
    { what: `memory, most ${when}`, files, value: statusMb(pid, "VmHWM"), unit: "MB" },
    { what: `CPU, idle ${when}`, files, value: (100 * seconds * 1000) / watchMs, unit: "%" },
  ];
}

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name before the bracket may hold anything; utime and stime are the 12th and 13th fields after it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function statusMb(pid: number, key: "VmRSS" | "VmHWM"): number {
  const kib = new RegExp(`^${key}:\\s+(\\d+) kB$`, "m").exec(
    readFileSync(`/proc/${pid}/status`, "utf8"),
  )?.[1];
  return (Number(kib) * 1024) / 1e6;
}
