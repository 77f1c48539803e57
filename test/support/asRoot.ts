import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from "node:child_process";

/** Names the program that runs its arguments as root, where the tests run as an ordinary user. */
export const rootVariable = "FORKPOINT_TEST_AS_ROOT";

/**
 * Runs a program as root and gives what it prints. This is for what the tests themselves need, such as a full
 * look at a tree; the product has no part in it.
 * @throws Error when it fails
 */
export function asRoot(
  program: string,
  args: readonly string[],
  options: Partial<ExecFileSyncOptionsWithStringEncoding> = {},
): string {
  const [first, ...rest] = rootCommand(program, args);
  return execFileSync(first, rest, { encoding: "utf8", ...options });
}

/** What to start so that a program runs as root. */
export function rootCommand(program: string, args: readonly string[]): [string, ...string[]] {
  if (process.geteuid?.() === 0) return [program, ...args];
  const way = process.env[rootVariable];
  if (!way)
    throw new Error("Run this as root, or through npm test, which opens a way to root for the tests.");
  return ["sudo", "-n", way, program, ...args];
}
