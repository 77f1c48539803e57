import { setTimeout as pause } from "node:timers/promises";
import type { AgentClient } from "./agentClient.ts";
import { isAlive } from "./readEndpoint.ts";

/**
 * Asks an agent to finish what it does and end, and waits until its process is gone. That takes as long
 * as its work takes; aborting the signal ends the waiting, not the retirement.
 * @throws AbortError
 */
export async function replaceOlderAgent(
  client: AgentClient,
  pid: number,
  signal: AbortSignal,
): Promise<void> {
  const ended = untilEnded(client, pid, signal);
  await Promise.all([client.call("agent/stop", { mode: "retire" }, { signal }), ended]);
}

/**
 * Waits until an agent that is about to end has closed the connection and its process is gone.
 * @throws AbortError
 */
export async function untilEnded(client: AgentClient, pid: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    client.onDisconnect(resolve);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  while (isAlive(pid)) await pause(20, undefined, { signal });
}

/** Whether semantic version `a` comes before `b` (semver.org, section 11). */
export function isOlder(a: string, b: string): boolean {
  const left = parts(a);
  const right = parts(b);
  for (let at = 0; at < 3; at++) {
    const difference = (left.numbers[at] ?? 0) - (right.numbers[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return comparePrerelease(left.prerelease, right.prerelease) < 0;
}

function parts(version: string): { numbers: number[]; prerelease: string[] } {
  const [core = "", ...rest] = version.split("+", 1)[0]?.split("-") ?? [];
  return { numbers: core.split(".").map(Number), prerelease: rest.length ? rest.join("-").split(".") : [] };
}

function comparePrerelease(a: string[], b: string[]): number {
  // A version without a pre-release part comes after all that have one.
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [left, right] = [a[at], b[at]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    if (left === right) continue;
    const [leftNumber, rightNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (leftNumber && rightNumber) return Number(left) - Number(right);
    if (leftNumber !== rightNumber) return leftNumber ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}
