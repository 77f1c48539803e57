/** Milliseconds to wait before the next try to reach the agent: 0.5 s, doubling, at most 30 s. */
export function reconnectDelay(failures: number): number {
  return Math.min(30_000, 500 * 2 ** Math.min(failures, 10));
}
