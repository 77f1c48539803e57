import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { ForkpointError } from "../protocol/errors.ts";
import type { Terminal } from "./terminal.ts";

export interface Ended {
  /** As a shell gives it: the program's own, or 128 and the number of the signal that ended it. */
  readonly status: number;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started at all. */
  readonly failure: ForkpointError | null;
}

/** Runs a program on this terminal to its end, without a shell; signals that come here reach it. */
export async function runProgram(words: readonly string[], terminal: Terminal): Promise<Ended> {
  const [program = "", ...args] = words;
  const started: { child?: ChildProcess } = {};
  const passOn = (signal: NodeJS.Signals) => started.child?.kill(signal);
  // A key on the terminal reaches it without us; passed on, it would arrive twice.
  const interrupted = () => terminal.sharesKeys || passOn("SIGINT");
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, passOn);
  process.on("SIGINT", interrupted);
  // What is pressed is for the program, however often.
  terminal.paging = terminal.keysAreElsewhere = true;
  // Last: it may be heard of before this process gets its next turn.
  const child = (started.child = spawn(program, args, { stdio: "inherit" }));
  try {
    return await new Promise((resolve) => {
      child.on("error", (thrown: NodeJS.ErrnoException) => resolve(notStarted(program, thrown)));
      child.on("exit", (status, signal) => {
        resolve({ status: signal ? 128 + constants.signals[signal] : (status ?? 1), signal, failure: null });
      });
    });
  } finally {
    terminal.paging = terminal.keysAreElsewhere = false;
    // The program's end may be heard of before a key that was pressed earlier, and for the program; on a busy machine
    // no span of time is long enough to wait for it.
    terminal.lateKeys = 1;
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.off(signal, passOn);
    process.off("SIGINT", interrupted);
  }
}

function notStarted(program: string, thrown: NodeJS.ErrnoException): Ended {
  const missing = thrown.code === "ENOENT" || (thrown.code === "EACCES" && isNowhere(program));
  const message = missing ? `There is no program ${program}.` : `${program} cannot be run: ${thrown.message}`;
  const failure = new ForkpointError("TOOL_MISSING", message, {
    hint: "Look at how it is spelt; a shell's own commands need `sh -c`.",
  });
  return { status: missing ? 127 : 126, signal: null, failure };
}

/** Where a folder of PATH may not be searched, the system says that of a program which is in none of them. */
function isNowhere(program: string): boolean {
  if (program.includes("/")) return false;
  const folders = process.env["PATH"]?.split(delimiter) ?? [];
  return !folders.some((folder) => existsSync(join(folder, program)));
}
