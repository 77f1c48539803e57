import { geteuid } from "node:process";
import type { Processes } from "../../host/processes.ts";
import { NoPrivileges } from "./noPrivileges.ts";
import type { Privileged } from "./privileged.ts";
import { RootPrivileged } from "./rootPrivileged.ts";

/** The best this process has. */
export function choosePrivileged(processes: Processes): Privileged {
  return geteuid?.() === 0 ? new RootPrivileged(processes) : new NoPrivileges(processes);
}
