import { stat } from "node:fs/promises";
import { geteuid } from "node:process";
import type { Log } from "../../host/log.ts";
import type { Processes } from "../../host/processes.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import { HelperClient } from "./helperClient.ts";
import { helperProtocol, HelperStatus } from "./helperContract.ts";
import { libInUse, programPlaces } from "./helperPlaces.ts";
import { HelperPrivileged } from "./helperPrivileged.ts";
import { NoPrivileges } from "./noPrivileges.ts";
import type { Privileged } from "./privileged.ts";
import { RootPrivileged } from "./rootPrivileged.ts";

/** The best this process has: root, a helper that answers, or neither. */
export async function choosePrivileged(
  processes: Processes,
  env: NodeJS.ProcessEnv,
  log: Log,
): Promise<Privileged> {
  const uid = geteuid?.() ?? 0;
  if (uid === 0) return new RootPrivileged(processes);
  const none = new NoPrivileges(processes, log);
  const lib = libInUse(env);
  const isThere = await stat(programPlaces(lib).program).then(
    () => true,
    () => false,
  );
  if (!isThere) return none;
  const client = new HelperClient(processes, lib, uid);
  try {
    const status = HelperStatus.safeParse(await client.ask({ verb: "status" }));
    if (!status.success || status.data.protocol !== helperProtocol) return none;
    return new HelperPrivileged(client, status.data.mountsFolder, none);
  } catch (thrown) {
    // It is there for others, or out of order; `doctor` and the degradations of the mode say what mends it.
    if (thrown instanceof ForkpointError) return none;
    throw thrown;
  }
}
