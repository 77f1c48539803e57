import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { resolve } from "node:path";

const bin = resolve(import.meta.dirname, "../../bin/forkpoint.mjs");

/**
 * Runs `forkpoint … --json` as a person's script would.
 * @returns what it printed, parsed
 * @throws Error with everything it printed when its status is not 0
 */
export async function forkpointJson(
  args: readonly string[],
  options: { readonly home: string; readonly cwd?: string },
): Promise<unknown> {
  const child = spawn(process.execPath, [bin, ...args, "--json"], {
    env: { ...process.env, FORKPOINT_HOME: options.home },
    stdio: ["ignore", "pipe", "pipe"],
    ...(options.cwd ? { cwd: options.cwd } : {}),
  });
  const status = new Promise((done, failed) => child.once("error", failed).once("exit", done));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), status]);
  if (code !== 0)
    throw new Error(`forkpoint ${args.join(" ")} ended with ${String(code)}: ${stdout}${stderr}`);
  return JSON.parse(stdout === "" ? "null" : stdout);
}
