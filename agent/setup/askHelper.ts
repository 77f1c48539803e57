import { geteuid, getuid } from "node:process";
import type { Processes } from "../host/processes.ts";
import { type HelperRequest, HelperStatus } from "../volumes/privileged/helperContract.ts";
import { helperCommand } from "../volumes/privileged/helperPlaces.ts";
import type { UserAccount } from "./userAccount.ts";

/**
 * Asks the helper for a user's pools as that user would: through sudo, without a password.
 * @throws ProcessFailed when the user may not; NodeJS.ErrnoException EACCES when this process is neither
 *   root nor that user
 */
export async function askThroughSudo(
  processes: Processes,
  lib: string,
  { name, uid }: UserAccount,
): Promise<HelperStatus> {
  const call = ["sudo", "-n", "--", ...helperCommand(lib, uid)];
  if (getuid?.() === uid) return ask(processes, call);
  if (geteuid?.() === 0) return ask(processes, ["runuser", "-u", name, "--", ...call]);
  throw Object.assign(new Error("Only root can try this for another."), { code: "EACCES" });
}

/** Asks the helper for a user's pools; for root. @throws ProcessFailed when it does not run */
export function askDirectly(processes: Processes, lib: string, uid: number): Promise<HelperStatus> {
  return ask(processes, helperCommand(lib, uid));
}

async function ask(processes: Processes, [program, ...args]: readonly string[]): Promise<HelperStatus> {
  const request: HelperRequest = { verb: "status" };
  const input = Buffer.from(`${JSON.stringify(request)}\n`);
  const { stdout } = await processes.run(program ?? "", args, { input, cwd: "/" });
  return HelperStatus.parse(JSON.parse(stdout.toString("utf8")));
}
