import { ProgramLauncher } from "../../agent/host/launcher/programLauncher.ts";
import { Processes } from "../../agent/host/processes.ts";

/** Starts programs as the agent does, for all tests of a process. */
export const processes = new Processes(new ProgramLauncher());
