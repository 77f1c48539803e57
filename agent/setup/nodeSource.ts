import { realpath } from "node:fs/promises";
import { z } from "zod";
import type { Processes } from "../host/processes.ts";
import { ForkpointError } from "../protocol/errors.ts";

const neededMajor = 24;

/** A Node that can be copied. */
export interface NodeSource {
  readonly file: string;
  /** As in "24.1.0". */
  readonly version: string;
}

const Answer = z.object({
  file: z.string().startsWith("/"),
  versions: z.object({ node: z.string(), electron: z.string().optional() }),
});
const question = "JSON.stringify({ file: process.execPath, versions: process.versions })";

/**
 * The Node to copy for the helper: the named one, else the one that runs this, else the one on PATH. An
 * editor's runtime is none: it is not one file.
 * @param named what a person chose with --node
 * @throws ForkpointError NODE_TOO_OLD
 */
export async function findNode(processes: Processes, named: string | undefined): Promise<NodeSource> {
  const candidates = named === undefined ? [process.execPath, "node"] : [named];
  for (const candidate of candidates) {
    // Electron without this variable would open a window.
    if (candidate === process.execPath && process.versions["electron"] !== undefined) continue;
    const found = await askNode(processes, candidate);
    if (found) return found;
  }
  throw new ForkpointError(
    "NODE_TOO_OLD",
    named === undefined
      ? `The helper needs a Node ${neededMajor} or newer of its own, and there is none here.`
      : `${named} is not Node ${neededMajor} or newer.`,
    { hint: `Install Node ${neededMajor}, or name one with --node FILE.` },
  );
}

/** What a program says of itself; undefined when it is not a Node that is new enough. */
async function askNode(processes: Processes, program: string): Promise<NodeSource | undefined> {
  try {
    const { stdout } = await processes.run(program, ["--print", question]);
    const { file, versions } = Answer.parse(JSON.parse(stdout.toString("utf8")));
    if (versions.electron !== undefined || Number.parseInt(versions.node, 10) < neededMajor) return undefined;
    return { file: await realpath(file), version: versions.node };
  } catch {
    // Whatever this program is, it is no Node.
    return undefined;
  }
}
