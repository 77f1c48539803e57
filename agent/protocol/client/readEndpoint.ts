import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Endpoint, endpointFile } from "../endpoint.ts";
import { ForkpointError } from "../errors.ts";

/**
 * The endpoint of the agent that runs in `home`; undefined when none was published or its process is gone.
 * A damaged file counts as none: a lock, not this file, keeps agents from running twice.
 * @throws ForkpointError AGENT_UNREACHABLE when the file is there but cannot be read
 */
export async function readEndpoint(home: string): Promise<Endpoint | undefined> {
  const file = join(home, endpointFile);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new ForkpointError("AGENT_UNREACHABLE", `The file ${file} cannot be read.`, { cause });
  }
  const endpoint = parse(text);
  return endpoint && isAlive(endpoint.pid) ? endpoint : undefined;
}

/** Whether a process with this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
}

function parse(text: string): Endpoint | undefined {
  try {
    return Endpoint.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function isMissing(thrown: unknown): boolean {
  const { code } = thrown as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}
