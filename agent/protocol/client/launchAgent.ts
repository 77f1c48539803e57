import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, fstatSync, ftruncateSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { agentExitCodes, launchLogFile } from "../endpoint.ts";
import { ForkpointError, isErrorCode } from "../errors.ts";
import { readEndpoint } from "./readEndpoint.ts";

/** What to run as an agent. */
export interface Launch {
  /** A Node 24 or later. */
  readonly node: string;
  readonly script: string;
  /** The version of that script; an older agent that runs is replaced by it. */
  readonly version: string;
}

export interface LaunchOptions {
  readonly home: string;
  readonly launch: Launch;
  readonly signal: AbortSignal;
  /** The token of an endpoint that is known to be of no use. */
  readonly replaced: string | undefined;
  /** By `performance.now()`. */
  readonly deadline: number;
}

const pollMs = 25;
/** How long an agent that was quicker may take to say where it listens, before another try is worth it. */
const otherReadyWithinMs = 2000;
const keptLogBytes = 256 * 1024;

/**
 * Starts an agent in a process group of its own, so that it outlives the window, and waits until one
 * listens. When another agent holds the home, returns after a while: that one may be starting or ending.
 * @throws ForkpointError AGENT_UNREACHABLE with the last lines it wrote, NODE_TOO_OLD, TOOL_MISSING, or what
 * the agent gave as the reason
 */
export async function launchAgent(options: LaunchOptions): Promise<void> {
  const { home, launch, signal } = options;
  signal.throwIfAborted();
  mkdirSync(join(home, "logs"), { recursive: true, mode: 0o700 });
  const output = openSync(join(home, launchLogFile), "a+", 0o600);
  try {
    if (fstatSync(output).size > keptLogBytes) ftruncateSync(output);
    const from = fstatSync(output).size;
    const child = spawn(launch.node, [launch.script], {
      detached: true,
      stdio: ["ignore", output, output],
      env: agentEnvironment(home),
    });
    child.unref();
    await ready(child, options, () =>
      readFileSync(join(home, launchLogFile)).subarray(from).toString("utf8"),
    );
  } finally {
    closeSync(output);
  }
}

/**
 * Has glibc give large buffers back as soon as they are free, and share what is left between threads: left to itself it
 * keeps some ten MiB for each. Only the environment can say so.
 */
const frugalMalloc = {
  MALLOC_ARENA_MAX: "2",
  MALLOC_MMAP_THRESHOLD_: String(128 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(1024 * 1024),
};

/** The desktop's VS Code runs extensions in Electron; its debugger would follow every child it can reach. */
function agentEnvironment(home: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...frugalMalloc,
    ...process.env,
    FORKPOINT_HOME: home,
    ELECTRON_RUN_AS_NODE: "1",
  };
  delete env["NODE_OPTIONS"];
  delete env["VSCODE_INSPECTOR_OPTIONS"];
  return env;
}

async function ready(child: ChildProcess, options: LaunchOptions, written: () => string): Promise<void> {
  const { home, launch, signal, replaced, deadline } = options;
  let failure: Error | undefined;
  let otherSince: number | undefined;
  child.once("error", (error) => (failure = error));
  for (;;) {
    const endpoint = await readEndpoint(home);
    if (endpoint && endpoint.token !== replaced) {
      // Another was quicker. Left alone, ours would become the next agent should that one end soon.
      if (endpoint.pid !== child.pid) child.kill();
      return;
    }
    if (failure) {
      const message = `${launch.node} cannot be started: ${failure.message}`;
      throw new ForkpointError("TOOL_MISSING", message, { cause: failure });
    }
    if (child.exitCode === agentExitCodes.alreadyRunning) {
      otherSince ??= performance.now();
      if (performance.now() - otherSince > otherReadyWithinMs) break;
    } else if (child.exitCode !== null || child.signalCode !== null) throw startFailure(written());
    if (performance.now() > deadline) break;
    await pause(pollMs, undefined, { signal });
  }
  if (performance.now() < deadline) return;
  throw new ForkpointError("AGENT_UNREACHABLE", `The agent does not get ready.${quoted(written())}`);
}

/** The agent prints its reason as the last line, as JSON; anything else is a crash of its runtime. */
function startFailure(output: string): ForkpointError {
  if (/ERR_UNKNOWN_BUILTIN_MODULE|ERR_UNKNOWN_FILE_EXTENSION|bad option/.test(output)) {
    return new ForkpointError("NODE_TOO_OLD", "The agent needs Node 24.");
  }
  const reason = /^\{"error":.*\}$/m.exec(output.trim().split("\n").at(-1) ?? "")?.[0];
  if (reason) {
    const { error } = JSON.parse(reason) as { error: { code: string; message: string; hint: string } };
    if (isErrorCode(error.code)) return new ForkpointError(error.code, error.message, { hint: error.hint });
  }
  return new ForkpointError("AGENT_UNREACHABLE", `The agent ended while it started.${quoted(output)}`);
}

function quoted(output: string): string {
  const lines = output.trim().split("\n").slice(-12);
  return lines.join("") === "" ? "" : ` It wrote:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
