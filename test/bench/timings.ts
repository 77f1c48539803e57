import type { PrivilegeMode } from "../../agent/volumes/privileged/privileged.ts";

/** How long one operation took, over some runs. Times are milliseconds. */
export interface Timing {
  readonly operation: string;
  /** The rights that the agent had. */
  readonly mode: PrivilegeMode;
  /** Files in the project. */
  readonly files: number;
  /** In the order they were taken. */
  readonly runs: readonly number[];
}

/** Something that was measured otherwise than with a clock. */
export interface Reading {
  readonly what: string;
  /** Files in the project; null where their number plays no part. */
  readonly files: number | null;
  readonly value: number;
  readonly unit: "MB" | "%" | "ms";
}

/**
 * Runs `work` some times and times each run; `before` and `after` are not timed.
 * @returns milliseconds
 */
export async function timed<T>(
  count: number,
  work: () => Promise<T>,
  around: { before?: () => unknown; after?: (result: T) => unknown } = {},
): Promise<number[]> {
  const runs: number[] = [];
  for (let run = 0; run < count; run++) {
    await around.before?.();
    const began = performance.now();
    const result = await work();
    runs.push(performance.now() - began);
    await around.after?.(result);
  }
  return runs;
}

/** The value that a share of the runs (0 to 1) does not exceed, by nearest rank. */
export function percentile(runs: readonly number[], share: number): number {
  const sorted = runs.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
