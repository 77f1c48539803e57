import { CommanderError } from "commander";
import { errorBody, errorHints, type ErrorBody } from "../protocol/errors.ts";
import type { Terminal } from "./terminal.ts";

export const exitCodes = { done: 0, failed: 1, wrongUsage: 2 } as const;

/** Says what went wrong, on stderr, and with which exit code the command ends. */
export function reportFailure(thrown: unknown, terminal: Terminal, json: boolean): number {
  if (thrown instanceof CommanderError) {
    // Commander raises the end of --help and --version in the same way.
    if (thrown.exitCode === 0) return exitCodes.done;
    print(usageBody(thrown), terminal, json);
    return exitCodes.wrongUsage;
  }
  const body = errorBody(thrown);
  print(body, terminal, json);
  return body.code === "BAD_REQUEST" ? exitCodes.wrongUsage : exitCodes.failed;
}

function usageBody(error: CommanderError): ErrorBody {
  const message =
    error.code === "commander.help" ? "A command is missing." : error.message.replace(/^error: /, "");
  return { code: "BAD_REQUEST", message, hint: errorHints.BAD_REQUEST };
}

function print({ code, message, hint, details }: ErrorBody, terminal: Terminal, json: boolean): void {
  if (json) {
    const error = details === undefined ? { code, message, hint } : { code, message, hint, details };
    terminal.printError(JSON.stringify({ error }));
    return;
  }
  terminal.printError(`${terminal.paint("red", "error")}: ${message} [${code}]`);
  for (const line of detailLines(details)) terminal.printError(`  ${line}`);
  terminal.printError(`${terminal.paint("cyan", "hint")}: ${hint}`);
}

function detailLines(details: ErrorBody["details"]): string[] {
  const forks = details?.["forks"];
  return Array.isArray(forks) ? forks.map(String) : [];
}
