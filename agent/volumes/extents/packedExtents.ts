import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { ExtentChange } from "./extentChanges.ts";

const numbersEach = 4;

/** For the catalog, in a few bytes each. */
export function packExtents(extents: readonly ExtentChange[]): Uint8Array {
  const numbers = new Float64Array(extents.length * numbersEach);
  for (const [at, { start, length, loose, by }] of extents.entries()) {
    numbers.set([start, length, loose ? 1 : 0, by], at * numbersEach);
  }
  return deflateRawSync(new Uint8Array(numbers.buffer), { level: 1 });
}

export function unpackExtents(packed: Uint8Array): ExtentChange[] {
  const numbers = new Float64Array(new Uint8Array(inflateRawSync(packed)).buffer);
  const extents: ExtentChange[] = [];
  for (let at = 0; at < numbers.length; at += numbersEach) {
    const [start = 0, length = 0, loose = 0, by = 0] = numbers.subarray(at, at + numbersEach);
    extents.push({ start, length, loose: loose === 1, by });
  }
  return extents;
}
