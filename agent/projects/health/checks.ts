import type { Check } from "../../protocol/health.ts";

/** All is as it should be. */
export function ok(name: string, message: string): Check {
  return { name, ok: true, message, remedy: null };
}

/** It works, but could be better: nothing that a person must mend. */
export function advice(name: string, message: string, remedy: string): Check {
  return { name, ok: true, message, remedy };
}

/** It is wrong, and `remedy` mends it. */
export function bad(name: string, message: string, remedy: string): Check {
  return { name, ok: false, message, remedy };
}
