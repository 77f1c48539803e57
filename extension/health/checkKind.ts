import type { Check } from "../../agent/protocol/health.ts";

export type CheckKind = "wrong" | "advice" | "ok";

/** What is wrong, what works but could be better, and what is as it should be. */
export function checkKind({ ok, remedy }: Pick<Check, "ok" | "remedy">): CheckKind {
  if (!ok) return "wrong";
  return remedy === null ? "ok" : "advice";
}

/** Where it stands in a list: what is wrong comes first. */
export function checkRank(check: Pick<Check, "ok" | "remedy">): number {
  return (["wrong", "advice", "ok"] as const).indexOf(checkKind(check));
}
