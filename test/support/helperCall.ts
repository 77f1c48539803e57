import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { helperCommand } from "../../agent/volumes/privileged/helperPlaces.ts";
import type { TestUser } from "./asUser/testUser.ts";
import type { HelperInstall } from "./helperInstall.ts";

/** How a call ended. */
export interface Called {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** The code of its error; null when it succeeded, "SUDO" when sudo itself refused. */
  readonly code: string | null;
  readonly message: string;
}

export interface CallOptions {
  /** What follows the request line; the end of it is the end of stdin. */
  readonly input?: Buffer | AsyncIterable<Uint8Array>;
  readonly env?: NodeJS.ProcessEnv;
  /** Instead of the command that sudoers allows. */
  readonly command?: readonly string[];
  readonly sudoOptions?: readonly string[];
  readonly onStarted?: (child: ChildProcess) => void;
}

/** The program and arguments that run a command as a user. */
export function asUser(
  { uid, gid }: Pick<TestUser, "uid" | "gid">,
  ...command: string[]
): [string, string[]] {
  return ["setpriv", [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--", ...command]];
}

/** Runs a shell script as a user, in the user's folder, and gives what it printed. */
export function shellAs(user: TestUser, script: string): string {
  const [program, args] = asUser(user, "bash", "-ec", script);
  return execFileSync(program, args, { cwd: user.home, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Calls the helper as `user` through sudo; `request` is an object or the very bytes. */
export async function callHelper(
  install: Pick<HelperInstall, "places">,
  user: TestUser,
  request: object | Buffer,
  options: CallOptions = {},
): Promise<Called> {
  const command = options.command ?? helperCommand(install.places.lib, user.uid);
  const [program, args] = asUser(user, "sudo", "-n", ...(options.sudoOptions ?? []), ...command);
  const child = spawn(program, args, { cwd: "/", env: { ...process.env, ...options.env } });
  const closed = once(child, "close") as Promise<[number | null]>;
  options.onStarted?.(child);
  const stdout: Buffer[] = [];
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on("error", () => undefined);
  child.stdin.write(Buffer.isBuffer(request) ? request : `${JSON.stringify(request)}\n`);
  if (options.input !== undefined) {
    const input = Buffer.isBuffer(options.input) ? [options.input] : options.input;
    await pipeline(Readable.from(input, { objectMode: false }), child.stdin).catch(() => undefined);
  } else if (Buffer.isBuffer(request)) child.stdin.end();
  const [status] = await closed;
  return { status, stdout: Buffer.concat(stdout), stderr, ...readFailure(status, stderr) };
}

function readFailure(status: number | null, stderr: string): { code: string | null; message: string } {
  if (status === 0) return { code: null, message: "" };
  for (const line of stderr.split("\n")) {
    if (!line.startsWith('{"error":')) continue;
    const { error } = JSON.parse(line) as { error: { code: string; message: string } };
    return { code: error.code, message: error.message };
  }
  return { code: /^sudo: /m.test(stderr) ? "SUDO" : "NONE", message: stderr };
}
