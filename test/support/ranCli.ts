import { Terminal } from "../../agent/cli/terminal.ts";
import { runCli } from "../../agent/cli/runCli.ts";
import type { Launch } from "../../agent/protocol/client/launchAgent.ts";

export interface RanCli {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Milliseconds since 1970: noon of 2 January 2026, for relative times that do not move. */
export const fixedNow = Date.UTC(2026, 0, 2, 12);

/** Runs one command in this process, with its output kept. */
export async function ranCli(
  args: readonly string[],
  options: {
    readonly home: string;
    readonly cwd?: string;
    readonly tty?: boolean;
    readonly env?: NodeJS.ProcessEnv;
    readonly launch?: Launch;
    readonly signal?: AbortSignal;
  },
): Promise<RanCli> {
  const written = { out: "", err: "" };
  const stream = (name: "out" | "err") => ({
    write: (text: string) => (written[name] += text),
    isTTY: options.tty ?? false,
    columns: 100,
  });
  const env = { ...options.env, FORKPOINT_HOME: options.home };
  const exitCode = await runCli(args, {
    env,
    cwd: options.cwd ?? "/nowhere",
    terminal: new Terminal({ out: stream("out"), err: stream("err"), env, now: () => fixedNow }),
    launch: options.launch ?? { node: process.execPath, script: "/no/agent/here.ts", version: "1.0.0" },
    signal: options.signal ?? new AbortController().signal,
    self: ["forkpoint"],
  });
  return { exitCode, ...written };
}
