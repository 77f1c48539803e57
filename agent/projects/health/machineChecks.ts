import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Processes } from "../../host/processes.ts";
import type { Check } from "../../protocol/health.ts";
import { errorBody } from "../../protocol/errors.ts";
import { advice, bad, ok } from "./checks.ts";
import { isAtLeast, versionOf } from "./versions.ts";

/** Its btrfs has been mended a lot since, most of all where a pool runs full. */
const goodKernel = [5, 15];
/** Whose options and output are those that the agent knows. */
const leastProgs = [5, 10];
/** Node 24.7 has argon2, which passphrases need. */
const passphraseNode = [24, 7];

/** What VS Code asks for a large folder. */
const goodWatches = 524_288;
/** Fewer are used up by one folder with its dependencies. */
const fewWatches = 65_536;
const fewInstances = 128;

/** What this machine brings along, as it says itself. */
export interface MachineFacts {
  /** As `uname -r`. */
  readonly kernel: string;
  /** The folder /proc, or another one for a test. */
  readonly proc: string;
}

/** The agent's own versions: too old a Node opens no encrypted store. */
export function checkAgent(version: string, node: string): Check {
  const message = `Forkpoint ${version} on Node ${node}`;
  if (isAtLeast(versionOf(node), passphraseNode)) return ok("agent", message);
  return advice(
    "agent",
    `${message}, which cannot open a store with a passphrase.`,
    "Install Node 24.7 or newer, point FORKPOINT_NODE at it, and run `forkpoint agent stop`.",
  );
}

/** Whether kernel and btrfs-progs are new enough, and whether the editor may watch enough files. */
export async function checkMachine(
  processes: Processes,
  { kernel, proc }: MachineFacts,
  signal: AbortSignal,
): Promise<Check[]> {
  const progs = await checkProgs(processes, signal);
  return [checkKernel(kernel), ...(progs ? [progs] : []), ...(await checkInotify(proc))];
}

function checkKernel(kernel: string): Check {
  if (isAtLeast(versionOf(kernel), goodKernel)) return ok("kernel", `Linux ${kernel}`);
  return advice(
    "kernel",
    `Linux ${kernel} is old; a lot of its btrfs has been mended since.`,
    `Install a kernel of version ${goodKernel.join(".")} or newer.`,
  );
}

/** Null when it is not there, which another check says. */
async function checkProgs(processes: Processes, signal: AbortSignal): Promise<Check | null> {
  const name = "btrfs-progs";
  try {
    const said = (await processes.run("btrfs", ["--version"], { signal })).stdout.toString("utf8");
    const version = versionOf(said);
    const line = said.split("\n", 1)[0]?.trim() ?? "";
    if (version.length === 0 || isAtLeast(version, leastProgs)) return ok(name, line);
    return bad(
      name,
      `${line} is older than Forkpoint can work with.`,
      `Install version ${leastProgs.join(".")} or newer of btrfs-progs, from your system's backports if need be.`,
    );
  } catch (thrown) {
    if (errorBody(thrown).code === "CANCELLED") throw thrown;
    return null;
  }
}

/** How many folders and files programs may watch; the editor's own view of a large folder needs many. */
async function checkInotify(proc: string): Promise<Check[]> {
  const name = "file watching";
  const folder = join(proc, "sys", "fs", "inotify");
  const watches = await readNumber(join(folder, "max_user_watches"));
  const instances = await readNumber(join(folder, "max_user_instances"));
  if (watches === null || instances === null) return [];
  const low = [
    ...(watches < fewWatches ? [`fs.inotify.max_user_watches=${goodWatches}`] : []),
    ...(instances < fewInstances ? ["fs.inotify.max_user_instances=512"] : []),
  ];
  const message = `This system lets a user watch ${watches} files with ${instances} watchers.`;
  if (low.length === 0) return [ok(name, message)];
  return [
    advice(
      name,
      `${message} The editor may miss what changes in a large folder.`,
      `Run \`sudo sysctl ${low.join(" ")}\`, and keep it in /etc/sysctl.d.`,
    ),
  ];
}

/** Null where the system does not say: a container may hide it. */
async function readNumber(file: string): Promise<number | null> {
  try {
    const value = Number(await readFile(file, "utf8"));
    return Number.isInteger(value) ? value : null;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES" || code === "EPERM") return null;
    throw thrown;
  }
}
