import type { Launch } from "../protocol/client/launchAgent.ts";
import { forkpointHome } from "../protocol/home.ts";
import { CliContext } from "./cliContext.ts";
import { reportFailure } from "./failure.ts";
import { buildProgram } from "./program.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Runs one command.
 * @param args what follows the program's name
 * @returns the exit status: 0, 1 for a failure, 2 for wrong usage
 */
export async function runCli(
  args: readonly string[],
  options: {
    readonly env: NodeJS.ProcessEnv;
    readonly cwd: string;
    readonly terminal: Terminal;
    readonly launch: Launch;
    readonly signal: AbortSignal;
    /** What a person types to start this command. */
    readonly self: readonly string[];
  },
): Promise<number> {
  const { env, self, cwd, terminal, launch, signal } = options;
  const words = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  const json = words.includes("--json");
  const home = forkpointHome(env);
  const context = new CliContext({ home, cwd, terminal, launch, signal, json, env, self });
  try {
    await buildProgram(context).parseAsync(args, { from: "user" });
    return context.exitCode;
  } catch (thrown) {
    return reportFailure(thrown, terminal, json);
  } finally {
    await context.close();
  }
}
