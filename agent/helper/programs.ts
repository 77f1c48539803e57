import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";

/** Nothing of the caller's: the helper is started with an empty environment, and gives this one on. */
const environment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };
const mostOutput = 1024 * 1024;

/** A program that did not end with 0. */
export class ProgramFailed extends Error {
  readonly stderr: string;

  constructor(program: string, status: number | string | null, stderr: string) {
    super(`${program} failed (${status}): ${stderr.trim().slice(-1000)}`);
    this.name = "ProgramFailed";
    this.stderr = stderr;
  }
}

/** A program under way; what it says on stderr is kept. */
export interface Running {
  readonly child: ChildProcess;
  /** @throws ProgramFailed */
  readonly ended: Promise<void>;
}

/**
 * Starts a program that is killed when this process ends, however it ends. One that is sandboxed is not, and
 * must not be killed by anybody: bwrap, killed while it begins, leaves a child that waits for it forever and
 * keeps the pool busy. It ends with its pipes. `stdio` are its first descriptors; stderr has to be a pipe.
 */
export function start(program: string, args: readonly string[], stdio: StdioOptions): Running {
  const child =
    program === "bwrap"
      ? spawn(program, args, { env: environment, stdio })
      : spawn("setpriv", ["--pdeathsig", "KILL", "--", program, ...args], { env: environment, stdio });
  const stderr = collect(child.stderr);
  const ended = (async () => {
    const [status, signal] = (await once(child, "close")) as [number | null, string | null];
    if (status !== 0) throw new ProgramFailed(program, status ?? signal, (await stderr).toString("utf8"));
  })();
  ended.catch(() => undefined);
  return { child, ended };
}

/**
 * Runs a program to its end and gives what it printed. `descriptors` become 3, 4 and so on in it.
 * @throws ProgramFailed
 */
export async function run(
  program: string,
  args: readonly string[],
  descriptors: readonly number[] = [],
): Promise<string> {
  const { child, ended } = start(program, args, ["ignore", "pipe", "pipe", ...descriptors]);
  const stdout = collect(child.stdout);
  await ended;
  return (await stdout).toString("utf8");
}

async function collect(stream: ChildProcess["stdout"]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  if (!stream) return Buffer.alloc(0);
  for await (const chunk of stream) {
    size += (chunk as Buffer).length;
    if (size <= mostOutput) chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
