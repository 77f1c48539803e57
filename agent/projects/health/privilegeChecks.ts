import { isOlder } from "../../protocol/client/replaceOlderAgent.ts";
import type { Check } from "../../protocol/health.ts";
import type { Privileged } from "../../volumes/privileged/privileged.ts";
import { advice, bad, ok } from "./checks.ts";

/** What is known of the helper without asking it. */
export interface HelperFacts {
  /** Whether there is one on this machine, for this user or another. */
  readonly installed: boolean;
  /** Which Forkpoint put it there; null when that is not known. */
  readonly version: string | null;
}

const setUp = "Run `sudo forkpoint setup`.";

/** Whether the agent may do what takes root, and whether its helper is of the same Forkpoint. */
export function checkPrivileges(
  { mode, degradations }: Pick<Privileged, "mode" | "degradations">,
  version: string,
  helper: HelperFacts,
): Check {
  const name = "privileges";
  if (mode === "none") {
    const lost = degradations.join(" ");
    if (!helper.installed) return bad(name, lost, setUp);
    const why = "The helper is there, but does not answer this user.";
    return bad(name, `${why} ${lost}`, setUp);
  }
  const message = ["The agent may mount, send and receive.", ...degradations].join(" ");
  if (mode === "helper" && helper.version !== null && isOlder(helper.version, version)) {
    return advice(name, `${message} Its helper is of the older Forkpoint ${helper.version}.`, setUp);
  }
  return ok(name, message);
}
