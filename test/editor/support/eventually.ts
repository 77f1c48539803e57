import { setTimeout as pause } from "node:timers/promises";

const patienceMs = 20_000;
const pollMs = 50;

/**
 * Waits until `look` finds something.
 * @param what told when it never does
 * @returns what it found, which is neither undefined, null nor false
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
): Promise<NonNullable<Exclude<T, false>>> {
  const limit = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false)
      return found as NonNullable<Exclude<T, false>>;
    if (performance.now() > limit) throw new Error(`Never seen: ${what}`);
    await pause(pollMs);
  }
}
